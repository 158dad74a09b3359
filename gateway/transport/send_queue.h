#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/buffer_pool.h"
#include "base/ring.h"
#include "base/time.h"
#include "transport/channel_table.h"
#include "transport/numbered_ring.h"
#include "transport/options.h"
#include "transport/stats.h"
#include "transport/transport.h"
#include "wire/command.h"

namespace gateway::transport {

/// Messages on their way out, one first-in first-out queue a channel with reliable and unreliable ones in the
/// order they came, numbered when they are queued, cut into fragments when they don't fit a datagram.
/// Reliable messages stay until every command of theirs is acknowledged. Source: README.md, "Numbers" and
/// "Sending".
class SendQueue {
 public:
  /// Numbers are compared without regard to wrapping, by clients too: there is none beyond this one.
  static constexpr std::uint32_t number_max = 0x7FFFFFFF;

  /// `mtu`: bytes of the longest datagram to the peer, 576 or more.
  SendQueue(const Options& options, BufferPool& pool, Stats& stats, std::size_t mtu)
      : options_(options), pool_(pool), stats_(stats), mtu_(mtu) {}

  /// Queues a copy of the message. dropped: unreliable and over its budget or behind an old backlog.
  /// overflow: longer than message_max, more than `buffered` queued, or the channel is out of numbers.
  SendStatus push(TimePoint now, const Payload& payload);

  /// A data command to send, and what acknowledged() and again() find its message by.
  struct Unsent {
    wire::Command command;
    std::uint32_t message = 0;
  };
  /// The next command of the channel that was never sent; its payload is valid until the next change of the
  /// queue.
  std::optional<Unsent> front(std::uint8_t channel) const;
  /// Notes that front() was sent.
  void sent(std::uint8_t channel);
  /// A command that was sent before, unchanged. `message` must still be unacknowledged.
  wire::Command again(std::uint8_t channel, std::uint32_t message, std::uint32_t number) const;
  /// Notes that a reliable command of `bytes` of this message was acknowledged.
  void acknowledged(std::uint8_t channel, std::uint32_t message, std::size_t bytes);

  /// Calls visit(channel) for each channel with something unsent, in order, until it gives false.
  template <class Visit>
  void for_each_unsent(Visit visit) const {
    for (const auto& entry : channels_) {
      if (entry.state->next != entry.state->messages.end() && !visit(entry.channel)) return;
    }
  }

  /// The last number given to a reliable message on the channel; 0 before the first.
  std::uint32_t last_reliable(std::uint8_t channel) const;
  /// Bytes on the wire of everything unsent or unacknowledged, command headers included.
  std::size_t bytes() const { return reliable_bytes_ + unreliable_bytes_; }

  /// Bytes of what is kept about channels and messages, beside the pool's buffers.
  std::size_t bookkeeping_bytes() const;

  void clear();
  /// Gives memory back that an idle connection doesn't need.
  void release();

 private:
  struct Message {
    Buffer bytes;
    TimePoint queued{};
    wire::CommandType type = wire::CommandType::send_reliable;
    std::uint32_t number = 0;          // reliable: number of the first command; 11: the group
    std::uint32_t unreliable_seq = 0;  // type 7, whose `number` is the last reliable one before it
    std::uint32_t commands = 1;        // fragments, or 1
    std::uint32_t sent = 0;            // of them
    std::uint32_t acknowledged = 0;    // of them; an unreliable one counts as acknowledged when it left

    bool done() const { return acknowledged == commands; }
  };
  struct Channel {
    NumberedRing<Message> messages;  // numbered in the order of queueing, across all kinds
    std::uint32_t next = 1;          // the first that isn't wholly sent
    Ring<std::uint32_t> unreliable;  // unsent unreliable ones, oldest first
    std::uint32_t last_reliable = 0;
    std::uint32_t last_unreliable = 0;
    std::uint32_t last_unsequenced = 0;  // reliable ones of types 14 and 15
  };

  bool fits_alone(wire::CommandType type, std::size_t size) const;
  std::size_t fragment_size() const;
  SendStatus push_reliable(TimePoint now, Channel& channel, const Payload& payload);
  SendStatus push_unreliable(TimePoint now, Channel& channel, const Payload& payload);
  bool is_backlogged(TimePoint now, const Channel& channel) const;
  bool drop_oldest_unreliable();
  void finish(Channel& channel, Message& message);
  wire::Command command(std::uint8_t channel, const Message& message, std::uint32_t index) const;

  const Options& options_;
  BufferPool& pool_;
  Stats& stats_;
  std::size_t mtu_;
  ChannelTable<Channel> channels_;
  std::uint32_t last_group_ = 0;
  std::size_t reliable_bytes_ = 0;
  std::size_t unreliable_bytes_ = 0;
};

}  // namespace gateway::transport
