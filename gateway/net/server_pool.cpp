#include "net/server_pool.h"

namespace gateway::net {

ServerUse ServerPool::opened(const ChosenServer& server) {
  shared_.opened(server);
  auto& clock = clocks_[server.address];
  if (!clock) clock = std::make_unique<SharedClock>();
  ++clock->sessions;
  return {server, clock.get()};
}

void ServerPool::closed(const ServerUse& use) {
  shared_.closed(use.server);
  count_steps(*use.clock);
  if (--use.clock->sessions == 0) clocks_.erase(use.server.address);
}

bool ServerPool::time_to_ask(const ServerUse& use, TimePoint now) {
  if (!use.clock->clock.wants_sample(now)) return false;
  use.clock->clock.asked(now);
  count_steps(*use.clock);
  return true;
}

void ServerPool::count_steps(SharedClock& shared) {
  stats_.clock_steps.add(shared.clock.steps() - shared.steps_counted);
  shared.steps_counted = shared.clock.steps();
}

}  // namespace gateway::net
