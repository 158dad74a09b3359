#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/counter.h"
#include "session/stats.h"

namespace gateway::net {

/// Why a Connect was answered by "server full".
enum class Rejection : std::uint8_t { sessions, sessions_per_address, stopping, count_ };

/// Counters of one shard for one listener. Gauges are counters that go down too.
struct ListenerStats {
  Counter sessions;       // live
  Counter initialized;    // of them: InitResponse relayed
  Counter receive_drops;  // datagrams the kernel dropped for want of buffer
  std::array<Counter, static_cast<std::size_t>(Rejection::count_)> rejected;
  session::Stats session;
  session::DoorStats door;
};

/// Counters of one shard for one pool.
struct PoolStats {
  Counter sessions;
  Counter connected;         // upstream connects that were answered
  Counter connect_failures;  // and those that weren't
  Counter clock_steps;       // jumps of a server's clock
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
};

}  // namespace gateway::net
