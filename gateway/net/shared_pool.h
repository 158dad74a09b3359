#pragma once

#include <mutex>
#include <optional>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "net/options.h"
#include "net/stats.h"
#include "upstream/pool.h"

namespace gateway::net {

/// A server as it was chosen: its address may be another one later.
struct ChosenServer {
  upstream::ServerId id;
  Address address;
};

/// One pool as all shards, the prober and the watch over host names share it. Locked, and touched only when
/// a session reaches for a server or leaves it. Says in the log when a server goes down or comes up.
class SharedPool {
 public:
  /// `options` outlive this.
  SharedPool(const PoolOptions& options, TimePoint now);

  const PoolOptions& options() const { return options_; }
  /// By index of PoolOptions::servers; may be read from any thread.
  const std::vector<ServerStats>& stats() const { return stats_; }

  /// See upstream::Pool.
  std::optional<ChosenServer> choose(TimePoint now, std::optional<upstream::ServerId> excluded);
  void opened(upstream::ServerId id);
  void closed(upstream::ServerId id);

  /// The server answered a session's connect.
  void connected(const ChosenServer& server, TimePoint now);
  /// It didn't. `of_server`: false when it may be the client's doing, so that it says nothing of the server.
  void failed(const ChosenServer& server, TimePoint now, bool of_server = true);

  /// A server to be probed now.
  std::optional<ChosenServer> next_probe(TimePoint now);
  TimePoint probe_due() const;
  void probed(const ChosenServer& server, ProbeResult result, TimePoint now);

  Address address(upstream::ServerId id) const;
  /// Its name means another address: sessions go there from now on, and what is known of its health is
  /// forgotten.
  void moved(upstream::ServerId id, const Address& address, TimePoint now);
  /// Its name couldn't be resolved to an address that may be used.
  void resolve_failed(upstream::ServerId id);

 private:
  void judge(const ChosenServer& server, bool success, TimePoint now);
  void log(upstream::ServerId id, upstream::Change change) const;

  const PoolOptions& options_;
  mutable std::mutex mutex_;
  upstream::Pool pool_;             // from here on under mutex_
  std::vector<Address> addresses_;  // by ServerId
  std::vector<ServerStats> stats_;  // the same
};

}  // namespace gateway::net
