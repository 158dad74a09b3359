#include "net/server_pool.h"

namespace gateway::net {

ServerPool::ServerPool(const PoolOptions& options, SharedClocks& clocks, PoolStats& stats)
    : options_(options), stats_(stats), choice_(options.servers.size()) {
  for (const ServerOptions& server : options.servers) {
    auto& clock = clocks[server.address];
    if (!clock) clock = std::make_unique<SharedClock>();
    clocks_.push_back(clock.get());
  }
}

transport::ServerClock& ServerPool::opened(upstream::ServerId id) {
  choice_.opened(id);
  stats_.sessions.add();
  SharedClock& shared = *clocks_[id.index];
  ++shared.sessions;
  return shared.clock;
}

void ServerPool::closed(upstream::ServerId id) {
  choice_.closed(id);
  stats_.sessions.subtract();
  SharedClock& shared = *clocks_[id.index];
  count_steps(shared);
  if (--shared.sessions == 0) shared = SharedClock{};
}

void ServerPool::connected(upstream::ServerId id) {
  choice_.succeeded(id);
  stats_.connected.add();
}

void ServerPool::failed(upstream::ServerId id, TimePoint now) {
  choice_.failed(id, now);
  stats_.connect_failures.add();
}

bool ServerPool::time_to_ask(upstream::ServerId id, TimePoint now) {
  SharedClock& shared = *clocks_[id.index];
  if (!shared.clock.wants_sample(now)) return false;
  shared.clock.asked(now);
  count_steps(shared);
  return true;
}

void ServerPool::count_steps(SharedClock& shared) {
  stats_.clock_steps.add(shared.clock.steps() - shared.steps_counted);
  shared.steps_counted = shared.clock.steps();
}

}  // namespace gateway::net
