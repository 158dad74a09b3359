#pragma once

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

  /// Reads the certificates of all wss listeners again, for clients that come from now on; sessions keep what
  /// they have. All or nothing: throws std::runtime_error with a sentence when one can't be used.
  void reload_certificates();

  /// True when every shard runs and nothing is being stopped.
  bool ready() const;
  /// The options in effect: with as many sessions as the system carries.
  const Options& options() const;
  /// One element a shard; the counters may be read from any thread.
  std::vector<const ShardStats*> stats() const;
  /// One element a pool, each by index of its servers; the same holds.
  std::vector<const std::vector<ServerStats>*> server_stats() const;

  /// One element a listener; the same holds.
  const std::vector<CertificateStats>& certificate_stats() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gateway::net
