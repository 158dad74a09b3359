#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/counter.h"
#include "session/stats.h"
#include "upstream/options.h"

namespace gateway::net {

/// Why a client was turned away: on UDP its Connect was answered by "server full", except for `access`.
enum class Rejection : std::uint8_t {
  sessions,              // as many as limits.sessions are live
  sessions_per_address,  // the same for limits.sessions_per_address
  stopping,
  draining,  // the gateway drains, and nobody at that address had a session lately
  access,    // access doesn't admit the address: unanswered on UDP, where each datagram counts
  count_
};

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

/// Counters of one shard for one listener. Gauges are counters that go down too.
struct ListenerStats {
  Counter sessions;       // live
  Counter initialized;    // of them: InitResponse relayed
  Counter receive_drops;  // datagrams the kernel dropped for want of buffer
  std::array<Counter, static_cast<std::size_t>(Rejection::count_)> rejected;
  std::array<Counter, static_cast<std::size_t>(HandshakeResult::count_)> handshakes;  // of ws and wss
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
  Counter beats;                             // turns of the loop that were asked for, see Shard::beat()
};

}  // namespace gateway::net
