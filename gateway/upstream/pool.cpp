#include "upstream/pool.h"

#include <algorithm>
#include <tuple>

namespace gateway::upstream {

namespace {

bool probed(ServerState state) {
  return state == ServerState::active || state == ServerState::draining;
}

}  // namespace

Pool::Pool(const std::vector<ServerState>& states, const HealthOptions& health, TimePoint now)
    : health_(health) {
  for (const ServerState state : states) add(state, now);
}

ServerId Pool::add(ServerState state, TimePoint now) {
  servers_.push_back({state, Health(health_, now), 0});
  return {servers_.size() - 1};
}

void Pool::use(const HealthOptions& health) {
  health_ = health;
  for (Server& server : servers_) server.health.use(health);
}

std::optional<ServerId> Pool::choose(TimePoint now, std::optional<ServerId> excluded) {
  using Rank = std::tuple<bool, bool, TimePoint, std::size_t>;  // excluded, down, failed at, sessions: the
  std::optional<ServerId> best;                                 // smallest wins
  Rank best_rank{};
  const std::size_t first = turn_++;
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    const ServerId id{(first + i) % servers_.size()};
    const Server& server = servers_[id.index];
    if (server.state != ServerState::active) continue;
    const bool down = !server.health.up() && !server.health.wants_trial(now);
    const Rank rank{excluded == id, down, down ? server.health.failed_at() : TimePoint{}, server.sessions};
    if (best && best_rank <= rank) continue;
    best = id;
    best_rank = rank;
  }
  if (best && health(*best).wants_trial(now)) health(*best).trial_begins(now);
  return best;
}

std::optional<ServerId> Pool::next_probe(TimePoint now) {
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    Server& server = servers_[i];
    if (!probed(server.state) || server.health.probe_due() > now) continue;
    server.health.probe_begins(now);
    return ServerId{i};
  }
  return std::nullopt;
}

TimePoint Pool::probe_due() const {
  TimePoint due = never;
  for (const Server& server : servers_) {
    if (probed(server.state)) due = std::min(due, server.health.probe_due());
  }
  return due;
}

}  // namespace gateway::upstream
