#include "net/gateway.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <future>
#include <optional>
#include <pthread.h>
#include <string>
#include <thread>
#include <utility>

#include <spdlog/spdlog.h>

#include "base/log_line.h"
#include "crypto/system_random.h"
#include "net/capacity.h"
#include "net/instance_lock.h"
#include "net/name_watch.h"
#include "net/prober.h"
#include "net/rearrange.h"
#include "net/runtime.h"
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
    spdlog::warn(LogLine("this system carries fewer sessions")
                     .number("sessions", options.limits.sessions)
                     .number("wanted", wanted)
                     .note("for more, raise the limit of open files, or widen net.ipv4.ip_local_port_range")
                     .str());
  }
  reserve_descriptors(descriptors_needed(options));
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

void warn_without_active_server(const PoolOptions& pool) {
  const bool active = std::any_of(pool.servers.begin(), pool.servers.end(), [](const ServerOptions& server) {
    return server.state == upstream::ServerState::active;
  });
  if (active) return;
  spdlog::warn(
      LogLine("no active server")
          .text("upstream", pool.name)
          .note("its clients are told \"server full\"; write state: active at one of its servers, or "
                "leave state out")
          .str());
}

}  // namespace

struct Gateway::State {
  State(const Options& its_options, Resolve its_resolve)
      : options(fitted(its_options)),
        fixed(static_cast<const FixedOptions&>(options)),
        locks(lock(options)),
        resolve(std::move(its_resolve)),
        shared(options, random, std::chrono::steady_clock::now()) {
    const Runtime runtime = runtime_of(options, load_all_tls(options));
    note_certificates(runtime.tls);
    for (std::size_t i = 0; i < std::max<std::size_t>(options.threads, 1); ++i) {
      shards.push_back(std::make_unique<Shard>(fixed, options.limits, shared, runtime));
    }
  }

  void note_certificates(const std::vector<TlsContext>& tls) {
    certificates_expire.clear();
    for (const TlsContext& one : tls) certificates_expire.push_back(not_after(one));
  }
  void watch_servers() {
    if (!prober) prober.emplace(shared.pools);
    if (!names) names.emplace(names_of(shared.pools, fixed.listeners), resolve, fixed.resolve_interval);
  }
  /// After a reload the system may have no thread for it: servers are used all the same, and it is tried
  /// again each second.
  void try_to_watch_servers() {
    if (prober && names) return;
    try {
      watch_servers();
      if (std::exchange(told_unwatched, false)) spdlog::info("servers are watched again");
    } catch (const std::exception& error) {
      if (std::exchange(told_unwatched, true)) return;
      spdlog::error(LogLine("servers are not watched")
                        .text("error", error.what())
                        .note("health checks or look-ups of host names are off until a thread is to be had; "
                              "it is tried again each second")
                        .str());
    }
  }
  void replace_servers(const std::vector<PoolOptions>& wanted) {
    prober.reset();  // these two hold servers by their places
    names.reset();
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      shared.pools[i].replace(wanted[i], std::chrono::steady_clock::now());
    }
    try_to_watch_servers();
  }

  Options options;           // in effect; replaced by a reload
  const FixedOptions fixed;  // what the shards and the watch over names refer to
  crypto::SystemRandom random;
  const std::vector<InstanceLock> locks;
  const Resolve resolve;
  Shared shared;
  std::vector<std::uint64_t> certificates_expire;  // see Gateway
  std::vector<std::unique_ptr<Shard>> shards;
  std::vector<std::thread> threads;
  std::optional<Prober> prober;
  std::optional<NameWatch> names;
  bool told_unwatched = false;
  bool announced = false;
};

Gateway::Gateway(const Options& options, Resolve resolve)
    : state_(std::make_unique<State>(options, std::move(resolve))) {}

Gateway::~Gateway() {
  stop();
}

void Gateway::start() {
  for (const ListenerOptions& listener : state_->options.listeners) {
    const PoolOptions& pool = state_->options.pools[listener.pool];
    spdlog::info(LogLine("listening")
                     .text("listener", listener.name)
                     .text("address", listener.text)
                     .text("upstream", pool.name)
                     .text("servers", servers_of(pool))
                     .str());
  }
  for (const PoolOptions& pool : state_->options.pools) warn_without_active_server(pool);
  state_->watch_servers();
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
  state_->prober.reset();
  state_->names.reset();
  const Duration linger = state_->options.session.downstream.linger + stop_grace;
  const TimePoint deadline = std::chrono::steady_clock::now() + linger;
  for (auto& shard : state_->shards) shard->stop(deadline);
  for (std::thread& thread : state_->threads) thread.join();
  state_->threads.clear();
}

void Gateway::stop_at_once() {
  for (auto& shard : state_->shards) shard->stop(std::chrono::steady_clock::now());
}

void Gateway::reload(const Options& wanted) {
  Options next = fitted(rearranged(state_->options, wanted));
  const Runtime runtime = runtime_of(next, load_all_tls(next));
  // From here on nothing fails: what has no thread yet gets it later.
  if (next.pools != state_->options.pools) {
    state_->replace_servers(next.pools);
    for (const PoolOptions& pool : next.pools) warn_without_active_server(pool);
  }
  state_->shared.use(next.limits);
  if (next.capture.directory.empty()) state_->shared.captures.switched_off();
  state_->note_certificates(runtime.tls);
  std::vector<std::future<void>> done;
  for (auto& shard : state_->shards) done.push_back(shard->use(runtime));
  for (std::future<void>& one : done) one.wait();
  state_->options = std::move(next);
}

void Gateway::capture() {
  state_->shared.captures.signalled(state_->options.capture, std::chrono::steady_clock::now());
}

void Gateway::look_after() {
  state_->shared.captures.expire(std::chrono::steady_clock::now());
  state_->try_to_watch_servers();
}

void Gateway::announce_end() {
  state_->announced = true;
}

void Gateway::refuse_new() {
  state_->shared.draining = true;
}

void Gateway::end_sessions(double share) {
  for (auto& shard : state_->shards) shard->end_some(share);
}

std::size_t Gateway::sessions() const {
  return state_->shared.admission.sessions();
}

void Gateway::beat() {
  for (auto& shard : state_->shards) shard->beat();
}

bool Gateway::ready() const {
  return !state_->announced && !state_->shared.stopping &&
         std::all_of(state_->shards.begin(), state_->shards.end(),
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

std::vector<PoolReport> Gateway::pools() const {
  std::vector<PoolReport> all;
  for (const SharedPool& pool : state_->shared.pools) all.push_back(pool.report());
  return all;
}

const std::vector<std::uint64_t>& Gateway::certificates_expire() const {
  return state_->certificates_expire;
}

std::size_t Gateway::blocked_sources() const {
  return state_->shared.blocks.count(std::chrono::steady_clock::now());
}

std::uint64_t Gateway::evicted_blocks() const {
  return state_->shared.blocks.evicted();
}

}  // namespace gateway::net
