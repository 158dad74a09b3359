#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/buffer_pool.h"
#include "base/ring.h"
#include "base/time.h"
#include "transport/channel_table.h"
#include "transport/fragments.h"
#include "transport/numbered_ring.h"
#include "transport/options.h"
#include "transport/received_set.h"
#include "transport/stats.h"
#include "transport/transport.h"
#include "transport/unsequenced_window.h"
#include "wire/command.h"

namespace gateway::transport {

/// What became of a received data command. accepted and duplicate are acknowledged when reliable, refused is
/// not: the peer then sends it again.
enum class Receipt : std::uint8_t { accepted, duplicate, refused };

/// Puts received data commands into the order their delivery asks for, whole messages in one queue of all
/// channels. Everything is bounded by options, whatever the peer sends. Source: README.md, "Receiving".
class ReceiveQueue {
 public:
  ReceiveQueue(const Options& options, BufferPool& pool, Stats& stats)
      : options_(options), pool_(pool), stats_(stats) {}

  /// Takes one command of type 6, 7, 8, 11, 14 or 15; the caller has checked its channel.
  Receipt receive(TimePoint now, const wire::Command& command);
  /// The next message; the view is valid until the next call on this object.
  std::optional<Payload> next();

  /// Gives up assemblies that are too old.
  void advance(TimePoint now);
  /// When advance() is next wanted.
  TimePoint deadline() const;

  /// Bytes held, each command counted with held_cost(), gaps before early commands included.
  std::size_t held_bytes() const { return held_; }
  /// True once a command of type 11, 14 or 15 came.
  bool used_unsequenced() const { return used_unsequenced_; }
  /// True once a fragment came of a message longer than message_max: it can never be delivered, and the peer
  /// would repeat it until it gives up.
  bool oversized() const { return oversized_; }
  /// Bytes of what is kept about channels and commands, beside the pool's buffers.
  std::size_t bookkeeping_bytes() const;
  /// Forgets everything that waits: nothing is taken any more. What next() gave last stays.
  void clear();
  /// Gives memory back that an idle connection doesn't need.
  void release();

 private:
  struct Early {  // a reliable command ahead of the next expected, or the gap before one
    Buffer data;
    Piece piece;
  };
  struct Waiting {  // an unreliable command whose reliable predecessor has not come yet
    Buffer data;
    std::uint32_t reliable_seq = 0;
    std::uint32_t unreliable_seq = 0;
  };
  struct Ready {
    Buffer data;
    std::uint8_t channel = 0;
    Delivery delivery = Delivery::reliable;
  };
  struct Channel {
    std::uint32_t delivered = 0;         // last reliable number in order
    std::uint32_t unreliable = 0;        // last unreliable number handed out
    NumberedRing<Early> early;           // from delivered + 1
    Ring<Waiting> waiting;               // by unreliable_seq
    std::unique_ptr<Assembly> assembly;  // of type 8; made by the channel's first fragment
    ReceivedSet unsequenced;             // types 14 and 15
  };
  struct OpenAssembly {
    std::uint8_t channel = 0;
    Assembly assembly;
  };

  std::optional<Piece> check(const wire::Command& fragment);
  Receipt sequenced(TimePoint now, const wire::Command& command);
  Receipt unreliable(const wire::Command& command);
  Receipt unsequenced(const wire::Command& command);
  Receipt reliable_unsequenced(const wire::Command& command);
  Receipt unsequenced_fragment(TimePoint now, const wire::Command& command);

  bool contradicts(const Channel& channel, std::uint32_t number, const Piece& piece) const;
  Receipt keep_early(Channel& channel, const wire::Command& command, const Piece& piece);
  void take_in_order(TimePoint now, Channel& channel, std::uint8_t id, const Piece& piece, Buffer data);
  void add_fragment(TimePoint now, Channel& channel, std::uint8_t id, const Piece& piece, Buffer data);
  void take_early(TimePoint now, Channel& channel, std::uint8_t id);
  void keep_waiting(Channel& channel, const wire::Command& command);
  void release_waiting(Channel& channel, std::uint8_t id);
  OpenAssembly* find_assembly(std::uint8_t channel, std::uint32_t start);
  OpenAssembly* open_assembly(std::uint8_t channel);
  void hand_out(std::uint8_t channel, Delivery delivery, Buffer data);
  bool has_room(std::size_t cost) const { return held_ + cost <= options_.buffered; }
  Receipt refuse(Drop reason);
  Receipt duplicate();

  const Options& options_;
  BufferPool& pool_;
  Stats& stats_;
  ChannelTable<Channel> channels_;
  std::vector<std::unique_ptr<OpenAssembly>> assemblies_;  // of type 15; inactive ones are used again
  UnsequencedWindow groups_;
  Ring<Ready> ready_;
  Buffer taken_;  // what next() gave last
  std::size_t held_ = 0;
  std::size_t waiting_bytes_ = 0;
  std::size_t early_ = 0;  // early commands of all channels
  std::size_t gaps_ = 0;   // slots before them
  std::size_t peak_ready_ = 0;
  bool used_unsequenced_ = false;
  bool oversized_ = false;
};

}  // namespace gateway::transport
