#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "support/photon_generation.h"
#include "wire/command.h"
#include "wire/datagram.h"

namespace gateway::test {

/// Milliseconds of the client's own clock, as it puts them on the wire.
using Milliseconds = std::int32_t;

/// The time since `earlier`, across the wraps of the clock. The libraries compare sums, which overflow once
/// in 49.7 days of one connection; what they then do to themselves is not what is tested here.
inline Milliseconds since(Milliseconds earlier, Milliseconds now) {
  return static_cast<Milliseconds>(static_cast<std::uint32_t>(now) - static_cast<std::uint32_t>(earlier));
}

/// A command with its own copy of the payload.
struct OwnedCommand {
  wire::Command command;
  std::vector<std::uint8_t> payload;
  std::uint32_t datagram_time = 0;  // received ones: sentTime of the datagram that carried it
};

/// The sending half of the client: numbers and queues, acks, resends, ping rule, send window, round trip.
/// Every send call gives at most one datagram. Sources: gateway/transport/README.md, "Sending" and what
/// follows it.
class PhotonSender {
 public:
  struct Setup {
    std::uint8_t channels = 2;
    std::uint16_t mtu = 1200;
    bool crc = false;
    std::uint32_t last_group = 0;  // of an earlier connection of the same object
  };
  /// What an acknowledgement did.
  struct Acked {
    bool known = false;  // it matched a command that was outstanding
    wire::CommandType type = wire::CommandType::ack;
    Milliseconds round_trip = 0;
  };
  enum class Call : std::uint8_t {
    everything,
    acks_only,  // what the background thread does while the game loop is stalled
  };

  PhotonSender(const Generation& generation, const Setup& setup, std::vector<std::string>& violations);

  /// Queues a command on channel 0xFF.
  void queue_control(wire::CommandType type);
  /// Queues a message, in fragments when it is longer than one takes.
  void queue_message(std::uint8_t channel, wire::Flags delivery, Bytes message);
  /// Queues the acknowledgement of a received command.
  void queue_ack(const wire::Command& received, std::uint32_t datagram_time);
  /// Takes a received Ack or AckUnsequenced.
  Acked acknowledge(Milliseconds now, const wire::Command& ack);

  /// One send call; `ping_allowed` while connected. Empty when nothing is to be sent or timed_out() became
  /// true.
  std::optional<std::vector<std::uint8_t>> send(Milliseconds now, std::uint16_t peer, std::uint32_t challenge,
                                                Call call, bool ping_allowed);
  /// The last datagram of the connection: a Disconnect, and pending acks where the generation sends them
  /// along.
  std::vector<std::uint8_t> last_datagram(Milliseconds now, std::uint16_t peer, std::uint32_t challenge,
                                          wire::Flags flags, std::uint8_t reserved);

  /// True once a command was resent often or long enough in vain.
  bool timed_out() const { return timed_out_; }
  Milliseconds round_trip() const { return rtt_; }
  Milliseconds variance() const { return variance_; }
  std::size_t unacknowledged() const { return sent_.size(); }
  std::size_t waiting() const;
  /// How many commands were sent more than once.
  std::size_t resends() const { return resends_; }
  /// Data bytes a fragment carries, and the longest message that is sent whole.
  std::size_t fragment_bytes() const { return setup_.mtu - generation_.fragment_overhead; }
  void start(Milliseconds now) { last_ack_ = now; }

 private:
  struct Outgoing {
    OwnedCommand owned;
    int sent_count = 0;
    Milliseconds last_sent = 0;
    Milliseconds resend_after = 0;
    std::optional<Milliseconds> first_sent;  // given up disconnect_timeout later; none: never
    std::vector<std::uint32_t> sent_times;
  };
  struct Channel {
    std::uint8_t id = 0;
    std::deque<Outgoing> reliable;
    std::deque<Outgoing> unreliable;
    std::uint32_t last_reliable = 0;
    std::uint32_t last_unreliable = 0;
    std::uint32_t last_reliable_unsequenced = 0;
    struct Window {
      std::uint32_t highest_acked = 0;
      std::uint32_t lowest_unacked = 0;
    } sequenced, unsequenced;
  };

  Channel& channel_of(std::uint8_t id);
  void queue_fragments(Channel& channel, bool unsequenced, Bytes message);
  void queue_single(Channel& channel, wire::Flags delivery, Bytes message);
  void enqueue(Channel& channel, Outgoing outgoing);

  void write_acks(wire::DatagramWriter& out);
  void resend(wire::DatagramWriter& out, Milliseconds now);
  void requeue_overdue(Milliseconds now);
  void rearm_overdue(Milliseconds now);
  bool overdue(const Outgoing& outgoing, Milliseconds now) const;
  bool given_up(const Outgoing& outgoing, Milliseconds now) const;
  void queue_ping(Milliseconds now);
  void write_channel(wire::DatagramWriter& out, Channel& channel, Milliseconds now);
  bool write_queue(wire::DatagramWriter& out, Channel& channel, std::deque<Outgoing>& queue,
                   Milliseconds now);
  bool in_window(Channel& channel, const wire::Command& command) const;
  void write_features(MutableBytes connect) const;
  void transmit(wire::DatagramWriter& out, Outgoing& outgoing, Milliseconds now);

  std::optional<Outgoing> take_acknowledged(const wire::Command& ack);
  void update_window(const wire::Command& acked);
  void update_round_trip(Milliseconds last, wire::CommandType type);
  Milliseconds first_wait() const;

  const Generation& generation_;
  Setup setup_;
  std::vector<std::string>& violations_;
  std::vector<Channel> channels_;  // in the order they are served
  std::uint32_t last_group_ = 0;
  std::deque<wire::Command> acks_;
  std::deque<Outgoing> sent_;
  Milliseconds rtt_;
  Milliseconds variance_;
  Milliseconds last_ack_ = 0;
  std::size_t resends_ = 0;
  bool timed_out_ = false;
};

}  // namespace gateway::test
