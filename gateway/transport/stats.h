#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/counter.h"
#include "base/histogram.h"

namespace gateway::transport {

/// Why something received or queued was not used. name() is the `reason` label.
enum class Drop : std::uint8_t {
  datagram,           // header unreadable, wrong CRC, or plain where CRC was announced
  encrypted,          // datagram encryption, which only its two ends can read
  foreign,            // other peer id or challenge than the connection's
  malformed,          // a command that can't be read; the rest of its datagram is lost
  unknown_command,    // a type nobody sends
  channel,            // channel not announced
  duplicate,          // arrived before
  late,               // unreliable, behind what was delivered
  too_far_ahead,      // beyond the reorder distance
  fragment,           // fields that contradict each other or the limits
  assemblies,         // too many messages of type 15 being assembled, or one too old
  held,               // more held than `buffered`
  unreliable_budget,  // outgoing unreliable over its budget or behind an old backlog
  unknown_ack,        // acknowledges nothing outstanding
  not_open,           // data outside Phase open
  command_rate,       // a datagram beyond `commands_per_second`
  acks,               // acks beyond those that can be owed: the peer sends the command again
  count_
};

std::string_view name(Drop reason);

/// Round trips: a loopback takes none of them, a player far away most.
inline constexpr std::array<Duration, 16> round_trip_bounds = {
    microseconds(250), microseconds(500), milliseconds(1),   milliseconds(2),
    milliseconds(5),   milliseconds(10),  milliseconds(20),  milliseconds(35),
    milliseconds(50),  milliseconds(75),  milliseconds(100), milliseconds(150),
    milliseconds(200), milliseconds(300), milliseconds(500), milliseconds(1000)};

/// Counters of one leg side on one shard, summed by the exporter.
struct Stats {
  Counter datagrams_received, datagrams_sent;
  Counter bytes_received, bytes_sent;
  Counter commands_sent, commands_resent;
  Counter acks_sent;
  Histogram<round_trip_bounds> round_trips;  // UDP: of each acknowledgement that tells one
  std::array<Counter, static_cast<std::size_t>(Drop::count_)> dropped;

  void drop(Drop reason) { dropped[static_cast<std::size_t>(reason)].add(); }
};

}  // namespace gateway::transport
