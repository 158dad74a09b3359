#include "net/shared_pool.h"

#include <spdlog/spdlog.h>

namespace gateway::net {

namespace {

std::vector<upstream::ServerState> states_of(const PoolOptions& options) {
  std::vector<upstream::ServerState> states;
  for (const ServerOptions& server : options.servers) states.push_back(server.state);
  return states;
}

}  // namespace

SharedPool::SharedPool(const PoolOptions& options, TimePoint now)
    : options_(options), pool_(states_of(options), options.health, now), stats_(options.servers.size()) {
  for (const ServerOptions& server : options.servers) addresses_.push_back(server.address);
  for (ServerStats& stats : stats_) stats.up.set(1);
}

std::optional<ChosenServer> SharedPool::choose(TimePoint now, std::optional<upstream::ServerId> excluded) {
  const std::lock_guard lock(mutex_);
  const auto id = pool_.choose(now, excluded);
  if (!id) return std::nullopt;
  return ChosenServer{*id, addresses_[id->index]};
}

void SharedPool::opened(upstream::ServerId id) {
  const std::lock_guard lock(mutex_);
  pool_.opened(id);
  stats_[id.index].sessions.set(pool_.sessions(id));
}

void SharedPool::closed(upstream::ServerId id) {
  const std::lock_guard lock(mutex_);
  pool_.closed(id);
  stats_[id.index].sessions.set(pool_.sessions(id));
}

void SharedPool::connected(const ChosenServer& server, TimePoint now) {
  const std::lock_guard lock(mutex_);
  stats_[server.id.index].connected.add();
  judge(server, true, now);
}

void SharedPool::failed(const ChosenServer& server, TimePoint now, bool of_server) {
  const std::lock_guard lock(mutex_);
  stats_[server.id.index].connect_failures.add();
  if (of_server) judge(server, false, now);
}

std::optional<ChosenServer> SharedPool::next_probe(TimePoint now) {
  const std::lock_guard lock(mutex_);
  const auto id = pool_.next_probe(now);
  if (!id) return std::nullopt;
  return ChosenServer{*id, addresses_[id->index]};
}

TimePoint SharedPool::probe_due() const {
  const std::lock_guard lock(mutex_);
  return pool_.probe_due();
}

void SharedPool::probed(const ChosenServer& server, ProbeResult result, TimePoint now) {
  const std::lock_guard lock(mutex_);
  stats_[server.id.index].probes[static_cast<std::size_t>(result)].add();
  judge(server, result == ProbeResult::ok, now);
}

Address SharedPool::address(upstream::ServerId id) const {
  const std::lock_guard lock(mutex_);
  return addresses_[id.index];
}

void SharedPool::moved(upstream::ServerId id, const Address& address, TimePoint now) {
  const std::lock_guard lock(mutex_);
  addresses_[id.index] = address;
  stats_[id.index].address_changes.add();
  stats_[id.index].up.set(1);
  pool_.replaced(id, now);
}

void SharedPool::resolve_failed(upstream::ServerId id) {
  const std::lock_guard lock(mutex_);
  stats_[id.index].resolve_failures.add();
}

/// What was tried at a former address says nothing about the present one.
void SharedPool::judge(const ChosenServer& server, bool success, TimePoint now) {
  if (server.address != addresses_[server.id.index]) return;
  const upstream::Change change = success ? pool_.succeeded(server.id, now) : pool_.failed(server.id, now);
  stats_[server.id.index].up.set(pool_.up(server.id) ? 1 : 0);
  log(server.id, change);
}

void SharedPool::log(upstream::ServerId id, upstream::Change change) const {
  const std::string& server = options_.servers[id.index].text;
  if (change == upstream::Change::went_up) {
    spdlog::info("server up upstream={} server={}", options_.name, server);
  } else if (change == upstream::Change::went_down) {
    spdlog::warn(
        "server down upstream={} server={} failures={}: new sessions go to other servers of the upstream "
        "while "
        "one is up; see whether it runs, and whether a firewall lets the gateway reach its port",
        options_.name, server, options_.health.fall);
  }
}

}  // namespace gateway::net
