#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include "base/address.h"
#include "base/time.h"
#include "net/shared_pool.h"
#include "net/stats.h"
#include "transport/server_clock.h"

namespace gateway::net {

/// The clock of one server, shared by all sessions of a shard that talk to it, in whatever pool.
struct SharedClock {
  transport::ServerClock clock;
  std::size_t sessions = 0;
  std::uint32_t steps_counted = 0;
};

/// By address: a name that comes to mean another server has another clock, while the sessions at the old
/// address keep theirs. A clock that nobody feeds is forgotten: the server may restart meanwhile.
using SharedClocks = std::map<Address, std::unique_ptr<SharedClock>>;

/// A session's use of a server.
struct ServerUse {
  ChosenServer server;
  SharedClock* clock = nullptr;
};

/// One pool as one shard sees it: the pool that all share, the shard's clocks of its servers, and the
/// counters of those.
class ServerPool {
 public:
  /// All outlive this.
  ServerPool(SharedPool& shared, SharedClocks& clocks, PoolStats& stats)
      : shared_(shared), clocks_(clocks), stats_(stats) {}

  std::optional<ChosenServer> choose(TimePoint now, std::optional<upstream::ServerId> excluded) {
    return shared_.choose(now, excluded);
  }
  /// Its address as configured.
  std::string text(const ServerUse& use) const { return shared_.text(use.server); }

  /// A session reaches for the server.
  ServerUse opened(const ChosenServer& server);
  /// It has done with it.
  void closed(const ServerUse& use);
  /// See SharedPool.
  void connected(const ChosenServer& server, TimePoint now) { shared_.connected(server, now); }
  void failed(const ChosenServer& server, TimePoint now, bool of_server = true) {
    shared_.failed(server, now, of_server);
  }

  /// True once each interval: the caller asks the server for its time.
  bool time_to_ask(const ServerUse& use, TimePoint now);

 private:
  void count_steps(SharedClock& clock);

  SharedPool& shared_;
  SharedClocks& clocks_;
  PoolStats& stats_;
};

}  // namespace gateway::net
