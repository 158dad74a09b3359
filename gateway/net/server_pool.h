#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "net/options.h"
#include "net/stats.h"
#include "transport/server_clock.h"
#include "upstream/pool.h"

namespace gateway::net {

/// The clock of one server, shared by all sessions of a shard that talk to it, in whatever pool.
struct SharedClock {
  transport::ServerClock clock;
  std::size_t sessions = 0;
  std::uint32_t steps_counted = 0;
};

using SharedClocks = std::map<Address, std::unique_ptr<SharedClock>>;

/// One pool as one shard sees it: whom to choose, their addresses, their clocks, and the counters of all
/// that.
class ServerPool {
 public:
  /// `clocks` gets an entry for each server and outlives this.
  ServerPool(const PoolOptions& options, SharedClocks& clocks, PoolStats& stats);

  std::optional<upstream::ServerId> choose(TimePoint now, std::optional<upstream::ServerId> excluded) const {
    return choice_.choose(now, excluded);
  }
  const ServerOptions& server(upstream::ServerId id) const { return options_.servers[id.index]; }

  /// A session has a socket to the server; gives the server's clock.
  transport::ServerClock& opened(upstream::ServerId id);
  transport::ServerClock& clock(upstream::ServerId id) { return clocks_[id.index]->clock; }
  /// It has it no longer. A clock that nobody feeds is forgotten: the server may restart meanwhile.
  void closed(upstream::ServerId id);
  /// The server answered Connect.
  void connected(upstream::ServerId id);
  /// It didn't, or couldn't be reached.
  void failed(upstream::ServerId id, TimePoint now);

  /// True once each interval: the caller asks the server for its time.
  bool time_to_ask(upstream::ServerId id, TimePoint now);

 private:
  void count_steps(SharedClock& clock);

  const PoolOptions& options_;
  PoolStats& stats_;
  upstream::Pool choice_;
  std::vector<SharedClock*> clocks_;  // by ServerId
};

}  // namespace gateway::net
