#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"

namespace gateway::upstream {

/// A server's place in its pool's list.
struct ServerId {
  std::size_t index = 0;
  bool operator==(const ServerId&) const = default;
};

/// One shard's view of a pool of interchangeable servers: chooses the one with the fewest sessions among
/// those that didn't fail lately. Health orders the choice; it never refuses.
class Pool {
 public:
  explicit Pool(std::size_t servers) : servers_(servers) {}

  /// A server for a new session: not `excluded` while there is another. Empty only for an empty pool.
  std::optional<ServerId> choose(TimePoint now, std::optional<ServerId> excluded) const;

  void opened(ServerId server) { ++servers_[server.index].sessions; }
  void closed(ServerId server) { --servers_[server.index].sessions; }
  /// The outcome of a real connect.
  void succeeded(ServerId server) { servers_[server.index].failing_until = TimePoint{}; }
  void failed(ServerId server, TimePoint now) { servers_[server.index].failing_until = now + avoid_for; }

  std::size_t size() const { return servers_.size(); }
  std::size_t sessions(ServerId server) const { return servers_[server.index].sessions; }

 private:
  static constexpr Duration avoid_for = seconds(5);  // a server that failed a connect comes last for so long
  struct Server {
    std::size_t sessions = 0;
    TimePoint failing_until{};
  };
  std::vector<Server> servers_;
};

}  // namespace gateway::upstream
