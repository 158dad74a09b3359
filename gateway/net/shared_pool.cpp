#include "net/shared_pool.h"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "base/log_line.h"

namespace gateway::net {

using upstream::ServerId;
using upstream::ServerState;

SharedPool::SharedPool(const PoolOptions& options, TimePoint now)
    : name_(options.name), scheme_(options.scheme), health_(options.health), pool_({}, options.health, now) {
  for (const ServerOptions& server : options.servers) add(server, now);
}

upstream::HealthOptions SharedPool::health() const {
  const std::lock_guard lock(mutex_);
  return health_;
}

PoolReport SharedPool::report() const {
  const std::lock_guard lock(mutex_);
  PoolReport report{.name = name_, .probes = health_.probes, .servers = {}};
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (free({i})) continue;
    report.servers.push_back({places_[i].options.text, pool_.state({i}), places_[i].stats});
  }
  return report;
}

void SharedPool::replace(const PoolOptions& wanted, TimePoint now) {
  const std::lock_guard lock(mutex_);
  health_ = wanted.health;
  pool_.use(wanted.health);
  for (std::size_t i = 0; i < places_.size(); ++i) {
    const bool stays =
        std::any_of(wanted.servers.begin(), wanted.servers.end(),
                    [&](const ServerOptions& server) { return server.text == places_[i].options.text; });
    if (!stays) pool_.use({i}, ServerState::removed);
  }
  for (const ServerOptions& server : wanted.servers) {
    if (const auto id = find(server.text)) {
      put(*id, server);
    } else {
      add(server, now);
    }
  }
}

std::vector<std::pair<ServerId, ServerOptions>> SharedPool::named() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<ServerId, ServerOptions>> found;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    const bool configured = pool_.state({i}) != ServerState::removed;
    if (configured && !places_[i].options.host.empty()) found.emplace_back(ServerId{i}, places_[i].options);
  }
  return found;
}

void SharedPool::add(const ServerOptions& server, TimePoint now) {
  const auto free = free_place();
  const ServerId id = free ? *free : pool_.add(server.state, now);
  if (!free) places_.emplace_back();
  Place& place = places_[id.index];
  place.address = server.address;
  place.stats = {};
  place.stats.up.set(1);
  ++place.generation;
  pool_.replaced(id, now);
  put(id, server);
}

void SharedPool::put(ServerId id, const ServerOptions& server) {
  places_[id.index].options = server;
  pool_.use(id, server.state);
}

bool SharedPool::free(ServerId id) const {
  return pool_.state(id) == ServerState::removed && pool_.sessions(id) == 0;
}

std::optional<ServerId> SharedPool::find(const std::string& text) const {
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (!free({i}) && places_[i].options.text == text) return ServerId{i};
  }
  return std::nullopt;
}

std::optional<ServerId> SharedPool::free_place() const {
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (free({i})) return ServerId{i};
  }
  return std::nullopt;
}

SharedPool::Place* SharedPool::place_of(const ChosenServer& server) {
  Place& place = places_[server.id.index];
  return place.generation == server.generation ? &place : nullptr;
}

ChosenServer SharedPool::chosen(ServerId id) const {
  return {id, places_[id.index].address, places_[id.index].generation};
}

std::optional<ChosenServer> SharedPool::choose(TimePoint now, std::optional<ServerId> excluded) {
  const std::lock_guard lock(mutex_);
  const auto id = pool_.choose(now, excluded);
  if (!id) return std::nullopt;
  return chosen(*id);
}

void SharedPool::opened(const ChosenServer& server) {
  const std::lock_guard lock(mutex_);
  Place* const place = place_of(server);
  if (place == nullptr) return;
  pool_.opened(server.id);
  place->stats.sessions.set(pool_.sessions(server.id));
}

void SharedPool::closed(const ChosenServer& server) {
  const std::lock_guard lock(mutex_);
  Place* const place = place_of(server);
  if (place == nullptr) return;
  pool_.closed(server.id);
  place->stats.sessions.set(pool_.sessions(server.id));
}

std::string SharedPool::text(const ChosenServer& server) const {
  const std::lock_guard lock(mutex_);
  const Place& place = places_[server.id.index];
  return place.generation == server.generation ? place.options.text : std::string();
}

void SharedPool::connected(const ChosenServer& server, TimePoint now) {
  const std::lock_guard lock(mutex_);
  Place* const place = place_of(server);
  if (place == nullptr) return;
  place->stats.connected.add();
  judge(server, true, now);
}

void SharedPool::failed(const ChosenServer& server, TimePoint now, bool of_server) {
  const std::lock_guard lock(mutex_);
  Place* const place = place_of(server);
  if (place == nullptr) return;
  place->stats.connect_failures.add();
  if (of_server) judge(server, false, now);
}

std::optional<ChosenServer> SharedPool::next_probe(TimePoint now) {
  const std::lock_guard lock(mutex_);
  const auto id = pool_.next_probe(now);
  if (!id) return std::nullopt;
  return chosen(*id);
}

TimePoint SharedPool::probe_due() const {
  const std::lock_guard lock(mutex_);
  return pool_.probe_due();
}

void SharedPool::probed(const ChosenServer& server, ProbeResult result, TimePoint now) {
  const std::lock_guard lock(mutex_);
  Place* const place = place_of(server);
  if (place == nullptr) return;
  place->stats.probes[static_cast<std::size_t>(result)].add();
  judge(server, result == ProbeResult::ok, now);
}

Address SharedPool::address(ServerId id) const {
  const std::lock_guard lock(mutex_);
  return places_[id.index].address;
}

void SharedPool::moved(ServerId id, const Address& address, TimePoint now) {
  const std::lock_guard lock(mutex_);
  Place& place = places_[id.index];
  place.address = address;
  place.stats.address_changes.add();
  place.stats.up.set(1);
  pool_.replaced(id, now);
}

void SharedPool::resolve_failed(ServerId id) {
  const std::lock_guard lock(mutex_);
  places_[id.index].stats.resolve_failures.add();
}

/// What was tried at a former address says nothing about the present one.
void SharedPool::judge(const ChosenServer& server, bool success, TimePoint now) {
  Place& place = places_[server.id.index];
  if (server.address != place.address) return;
  const upstream::Change change = success ? pool_.succeeded(server.id, now) : pool_.failed(server.id, now);
  place.stats.up.set(pool_.up(server.id) ? 1 : 0);
  log(server.id, change);
}

void SharedPool::log(ServerId id, upstream::Change change) const {
  const std::string& server = places_[id.index].options.text;
  if (change == upstream::Change::went_up) {
    spdlog::info(LogLine("server up").text("upstream", name_).text("server", server).str());
  } else if (change == upstream::Change::went_down) {
    spdlog::warn(LogLine("server down")
                     .text("upstream", name_)
                     .text("server", server)
                     .number("failures", health_.fall)
                     .note("new sessions go to other servers of the upstream while one is up; see whether it "
                           "runs, and whether a firewall lets the gateway reach its port")
                     .str());
  }
}

}  // namespace gateway::net
