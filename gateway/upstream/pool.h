#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/time.h"
#include "upstream/health.h"
#include "upstream/options.h"

namespace gateway::upstream {

/// A server's place in its pool's list.
struct ServerId {
  std::size_t index = 0;
  bool operator==(const ServerId&) const = default;
};

/// A pool of interchangeable servers: chooses, of the active ones, the one with the fewest sessions among
/// those that are up. Health orders the choice; it never refuses.
class Pool {
 public:
  Pool(const std::vector<ServerState>& states, const HealthOptions& health, TimePoint now);

  /// An active server for a new session: not `excluded` while there is another; of equal ones each in turn.
  /// When all are down, the one whose last failure is the oldest. Empty when none is active.
  std::optional<ServerId> choose(TimePoint now, std::optional<ServerId> excluded);

  void opened(ServerId server) { ++servers_[server.index].sessions; }
  void closed(ServerId server) { --servers_[server.index].sessions; }
  /// The outcome of a connect or a probe.
  Change succeeded(ServerId server, TimePoint now) { return health(server).succeeded(now); }
  Change failed(ServerId server, TimePoint now) { return health(server).failed(now); }
  /// One more, of which nothing is known.
  ServerId add(ServerState state, TimePoint now);
  void use(ServerId server, ServerState state) { servers_[server.index].state = state; }
  void use(const HealthOptions& health);
  /// Another machine has its name or place now, of which nothing is known.
  void replaced(ServerId server, TimePoint now) { health(server) = Health(health_, now); }

  /// A server whose probe is due; it counts as begun. Disabled ones are never probed.
  std::optional<ServerId> next_probe(TimePoint now);
  /// When next_probe() is next wanted; `never` without probes.
  TimePoint probe_due() const;

  std::size_t size() const { return servers_.size(); }
  ServerState state(ServerId server) const { return servers_[server.index].state; }
  std::size_t sessions(ServerId server) const { return servers_[server.index].sessions; }
  bool up(ServerId server) const { return servers_[server.index].health.up(); }

 private:
  struct Server {
    ServerState state;
    Health health;
    std::size_t sessions = 0;
  };

  Health& health(ServerId server) { return servers_[server.index].health; }

  HealthOptions health_;
  std::vector<Server> servers_;
  std::size_t turn_ = 0;  // where the next choice begins to look
};

}  // namespace gateway::upstream
