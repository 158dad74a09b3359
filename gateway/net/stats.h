#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/counter.h"
#include "base/histogram.h"
#include "session/stats.h"
#include "upstream/options.h"

namespace gateway::net {

/// Why a client was turned away: on UDP its Connect was answered by "server full", except for `access`,
/// `blocked` and `backlog`.
enum class Rejection : std::uint8_t {
  sessions,              // as many as limits.sessions are live
  sessions_per_address,  // the same for limits.sessions_per_address
  memory,                // 90 % of limits.memory are in use
  stopping,
  draining,     // the gateway drains, and nobody at that address had a session lately
  access,       // access doesn't admit the address: unanswered on UDP, where each datagram counts
  descriptors,  // none is left for the connection, which was closed at once; streams only
  blocked,      // its clients violated the protocol again and again (limits.block); on UDP the same
  backlog,      // UDP, unanswered: Connects come faster than the shard can answer them, see connect_gate.h
  count_
};

/// The `reason` label and the log's word.
constexpr std::string_view name(Rejection rejection) {
  switch (rejection) {
    case Rejection::sessions:
      return "sessions";
    case Rejection::sessions_per_address:
      return "sessions_per_address";
    case Rejection::memory:
      return "memory";
    case Rejection::stopping:
      return "stopping";
    case Rejection::draining:
      return "draining";
    case Rejection::access:
      return "access";
    case Rejection::descriptors:
      return "descriptors";
    case Rejection::blocked:
      return "blocked";
    case Rejection::backlog:
      return "backlog";
    case Rejection::count_:
      break;
  }
  return "unknown";
}

/// How a client's way to its session went on a listener of ws or wss: TLS, where there is one, and the
/// WebSocket upgrade.
enum class HandshakeResult : std::uint8_t {
  ok,
  timeout,   // not done within timeouts.init
  tls,       // TLS failed
  request,   // no valid upgrade request
  upstream,  // no server accepted the upgrade; the client was answered 502
  closed,    // the client left meanwhile
  count_
};

/// The `result` label.
constexpr std::string_view name(HandshakeResult result) {
  switch (result) {
    case HandshakeResult::ok:
      return "ok";
    case HandshakeResult::timeout:
      return "timeout";
    case HandshakeResult::tls:
      return "tls";
    case HandshakeResult::request:
      return "request";
    case HandshakeResult::upstream:
      return "upstream";
    case HandshakeResult::closed:
      return "closed";
    case HandshakeResult::count_:
      break;
  }
  return "unknown";
}

/// A session's life, from seconds (who can't play) to an evening.
inline constexpr std::array<Duration, 11> session_bounds = {seconds(1), seconds(5),  seconds(15), minutes(1),
                                                            minutes(5), minutes(15), minutes(30), hours(1),
                                                            hours(2),   hours(4),    hours(8)};

/// A message's way through the process; the alert on added latency stands at 2 ms.
inline constexpr std::array<Duration, 13> forward_bounds = {
    microseconds(10),  microseconds(25), microseconds(50), microseconds(100), microseconds(250),
    microseconds(500), milliseconds(1),  milliseconds(2),  milliseconds(5),   milliseconds(10),
    milliseconds(25),  milliseconds(50), milliseconds(100)};

/// A key exchange: its turn in the queue, and a millisecond at most for the numbers.
inline constexpr std::array<Duration, 12> exchange_bounds = {
    microseconds(250), microseconds(500), milliseconds(1),  milliseconds(2),
    milliseconds(5),   milliseconds(10),  milliseconds(50), milliseconds(100),
    milliseconds(500), seconds(1),        seconds(2),       seconds(5)};

/// How late a timer is.
inline constexpr std::array<Duration, 10> lag_bounds = {
    microseconds(50), microseconds(100), microseconds(250), microseconds(500), milliseconds(1),
    milliseconds(2),  milliseconds(5),   milliseconds(10),  milliseconds(50),  milliseconds(250)};

/// Counters of one shard for one listener. Gauges are counters that go down too.
struct ListenerStats {
  Counter sessions;         // live
  Counter initialized;      // of them: InitResponse relayed
  Counter receive_drops;    // datagrams the kernel dropped for want of buffer
  Counter accept_failures;  // of streams; each is followed by a pause
  std::array<Counter, static_cast<std::size_t>(Rejection::count_)> rejected;
  void reject(Rejection why) { rejected[static_cast<std::size_t>(why)].add(); }
  std::array<Counter, static_cast<std::size_t>(HandshakeResult::count_)> handshakes;  // of ws and wss
  Histogram<session_bounds> session_durations;                                        // of those that ended
  session::Stats session;
  session::DoorStats door;
};

/// How a probe of a server ended.
enum class ProbeResult : std::uint8_t {
  ok,
  failed,   // refused, or no way there
  timeout,  // no answer within health_check.timeout
  count_
};

/// The `result` label.
constexpr std::string_view name(ProbeResult result) {
  switch (result) {
    case ProbeResult::ok:
      return "ok";
    case ProbeResult::failed:
      return "failed";
    case ProbeResult::timeout:
      return "timeout";
    case ProbeResult::count_:
      break;
  }
  return "unknown";
}

/// Counters of one shard for one pool.
struct PoolStats {
  Counter clock_steps;  // jumps of a server's clock
};

/// Counters of one server of a pool, all shards together; written under the pool's lock.
struct ServerStats {
  Counter up;                // 1 or 0
  Counter sessions;          // that use it
  Counter connected;         // connects of sessions that were answered
  Counter connect_failures;  // and those that weren't
  std::array<Counter, static_cast<std::size_t>(ProbeResult::count_)> probes;
  Counter resolve_failures;  // of its name: no answer, or none that may be used
  Counter address_changes;   // its name came to mean another address
};

/// One server as it is shown: a snapshot.
struct ServerReport {
  std::string text;  // of its address, as configured
  upstream::ServerState state = upstream::ServerState::active;
  ServerStats stats;
};

/// One pool and its servers: those configured, and those removed that still have sessions.
struct PoolReport {
  std::string name;
  bool probes = true;
  std::vector<ServerReport> servers;
};

/// Counters of one shard.
struct ShardStats {
  std::vector<ListenerStats> listeners;      // by index of Options::listeners
  std::vector<PoolStats> pools;              // by index of Options::pools
  Counter receive_calls, receive_datagrams;  // of recvmmsg, both sides
  Counter send_calls, send_datagrams;        // of sendmmsg
  Counter receive_truncated;                 // datagrams longer than any of Photon's, dropped
  Counter send_errors;                       // datagrams the kernel refused
  Counter send_dropped;                      // datagrams for which a socket's buffer had no room
  Counter exchanges_waiting;                 // now
  Counter memory;                            // bytes its sessions hold now, see MemoryShare
  Counter blocks;                            // of sources, by sessions of this shard
  Counter records_left_out;                  // of sessions' ends, see RecordOptions
  Counter beats;                             // turns of the loop that were asked for, see Shard::beat()
  Histogram<exchange_bounds>
      exchanges;                   // from the request to the answer, those included that waited too long
  Histogram<lag_bounds> loop_lag;  // how much later than asked for the loop's timer fired
  /// [Direction][clear, encrypted]: from the beginning of the turn that relayed a message until it was sent.
  std::array<std::array<Histogram<forward_bounds>, 2>, 2> forwards;
};

}  // namespace gateway::net
