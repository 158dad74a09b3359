#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "net/options.h"
#include "net/server_name.h"
#include "net/stats.h"

namespace gateway::net {

/// The data path: shards on their own threads, listening. Construction binds everything or throws
/// std::runtime_error with a sentence for the operator (address in use, descriptors too few, …); nothing is
/// served before start().
class Gateway {
 public:
  /// `resolve` answers what servers' host names mean, again and again.
  explicit Gateway(const Options& options, Resolve resolve = resolve_host);
  ~Gateway();

  void start();
  /// Refuses new sessions, tells every client (Disconnect 1), waits until they are told (at most `linger`),
  /// joins.
  void stop();
  /// While another thread is in stop(): it waits no longer, whoever isn't told yet.
  void stop_at_once();

  /// Goes on with `wanted`, certificates read again. All or nothing: throws std::runtime_error with a
  /// sentence when something is fixed for the process's life, can't be used or doesn't fit. What is decided
  /// message by message holds for every session when this returns, the rest for sessions that begin; those
  /// that `access` no longer admits end. Only between start() and stop(), and like the rest here on one
  /// thread.
  void reload(const Options& wanted);

  /// The operator's signal for a capture, see Captures.
  void capture();

  /// What is looked at once a second, between start() and stop(): a capture that waits too long, and
  /// probes and look-ups that had no thread after a reload.
  void look_after();

  // The way out, see Drain: each step may be taken again.

  /// ready() is false from now on.
  void announce_end();
  /// Clients are refused, but for those whose address had a session within RecentAddresses::lately.
  void refuse_new();
  /// The first `share` (0 to 1) of the sessions are told to go.
  void end_sessions(double share);

  /// Live, all shards; those that still say farewell are among them.
  std::size_t sessions() const;
  /// Asks every shard's loop to turn; ShardStats::beats tells who did.
  void beat();
  /// True when every shard runs and nothing is being stopped.
  bool ready() const;
  /// The options in effect: with as many sessions as the system carries. They change with a reload.
  const Options& options() const;
  /// One element a shard; the counters may be read from any thread.
  std::vector<const ShardStats*> stats() const;
  /// By index of Options::pools, with those servers that were removed and still have sessions.
  std::vector<PoolReport> pools() const;

  /// When the certificates in use expire, by index of the listeners, in seconds since 1970; 0 without TLS.
  const std::vector<std::uint64_t>& certificates_expire() const;
  /// Addresses that get no new sessions at present, see SourceBlocks.
  std::size_t blocked_sources() const;
  /// Blocks that were forgotten before their end, see SourceBlocks.
  std::uint64_t evicted_blocks() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gateway::net
