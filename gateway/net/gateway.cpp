#include "net/gateway.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <pthread.h>
#include <string>
#include <thread>

#include <spdlog/spdlog.h>

#include "net/capacity.h"
#include "net/instance_lock.h"
#include "net/shard.h"
#include "net/shared.h"
#include "net/sockets.h"
#include "net/tls.h"

namespace gateway::net {

namespace {

constexpr Duration stop_grace = milliseconds(500);  // beyond the transports' own linger

/// The options with as many sessions as the system carries.
Options fitted(Options options) {
  const std::size_t wanted = options.limits.sessions;
  options.limits.sessions = fitting_sessions(options, raise_system_limits(descriptors_needed(options)));
  if (options.limits.sessions < wanted) {
    spdlog::warn(
        "this system carries {} sessions, not {}: for more, raise the limit of open files, or widen "
        "net.ipv4.ip_local_port_range",
        options.limits.sessions, wanted);
  }
  return options;
}

std::vector<InstanceLock> lock(const Options& options) {
  std::vector<InstanceLock> locks;
  for (const ListenerOptions& listener : options.listeners) locks.emplace_back(listener);
  for (const ListenerOptions& listener : options.listeners) check_port_is_free(listener);
  return locks;
}

std::string servers_of(const PoolOptions& pool) {
  std::string text;
  for (const ServerOptions& server : pool.servers) text += (text.empty() ? "" : ",") + server.text;
  return text;
}

}  // namespace

struct Gateway::State {
  explicit State(const Options& its_options)
      : options(fitted(its_options)), locks(lock(options)), shared(options) {
    const std::vector<TlsContext> tls = load_all_tls(options);
    for (std::size_t i = 0; i < std::max<std::size_t>(options.threads, 1); ++i) {
      shards.push_back(std::make_unique<Shard>(options, shared, tls));
    }
  }

  const Options options;
  const std::vector<InstanceLock> locks;
  Shared shared;
  std::vector<std::unique_ptr<Shard>> shards;
  std::vector<std::thread> threads;
};

Gateway::Gateway(const Options& options) : state_(std::make_unique<State>(options)) {}

Gateway::~Gateway() {
  stop();
}

void Gateway::start() {
  for (const ListenerOptions& listener : state_->options.listeners) {
    const PoolOptions& pool = state_->options.pools[listener.pool];
    spdlog::info("listening listener={} address={} upstream={} servers={}", listener.name, listener.text,
                 pool.name, servers_of(pool));
  }
  for (auto& shard : state_->shards) shard->discard_early();
  for (std::size_t i = 0; i < state_->shards.size(); ++i) {
    Shard& shard = *state_->shards[i];
    state_->threads.emplace_back([&shard] { shard.run(); });
    pthread_setname_np(state_->threads.back().native_handle(), ("shard-" + std::to_string(i)).c_str());
  }
}

void Gateway::stop() {
  if (state_->threads.empty()) return;
  state_->shared.stopping = true;
  const Duration linger = state_->options.session.downstream.linger + stop_grace;
  const TimePoint deadline = std::chrono::steady_clock::now() + linger;
  for (auto& shard : state_->shards) shard->stop(deadline);
  for (std::thread& thread : state_->threads) thread.join();
  state_->threads.clear();
}

void Gateway::reload_certificates() {
  const std::vector<TlsContext> tls = load_all_tls(state_->options);
  for (auto& shard : state_->shards) shard->use_tls(tls);
}

bool Gateway::ready() const {
  return !state_->shared.stopping && std::all_of(state_->shards.begin(), state_->shards.end(),
                                                 [](const auto& shard) { return shard->running(); });
}

const Options& Gateway::options() const {
  return state_->options;
}

std::vector<const ShardStats*> Gateway::stats() const {
  std::vector<const ShardStats*> all;
  for (const auto& shard : state_->shards) all.push_back(&shard->stats());
  return all;
}

}  // namespace gateway::net
