#include "net/shared.h"

#include "net/address.h"

namespace gateway::net {

Admission::Admission(const LimitOptions& limits) {
  use(limits);
}

void Admission::use(const LimitOptions& limits) {
  sessions_max_.store(limits.sessions, std::memory_order_relaxed);
  exempt_.use(limits.exempt);
  const std::lock_guard lock(mutex_);
  per_address_max_ = limits.sessions_per_address;
}

std::optional<Rejection> Admission::check(const Address& address) const {
  const std::size_t all = sessions();
  const std::size_t most = sessions_max_.load(std::memory_order_relaxed);
  if (all >= most) return Rejection::sessions;
  if (all <= most / 2 || exempt_.contains(address)) return std::nullopt;
  const std::lock_guard lock(mutex_);
  const auto found = by_address_.find(limit_key(address));
  if (found == by_address_.end() || found->second < per_address_max_) return std::nullopt;
  return Rejection::sessions_per_address;
}

void Admission::opened(const Address& address) {
  sessions_.fetch_add(1, std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  ++by_address_[limit_key(address)];
}

void Admission::closed(const Address& address) {
  sessions_.fetch_sub(1, std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  const auto found = by_address_.find(limit_key(address));
  if (found != by_address_.end() && --found->second == 0) by_address_.erase(found);
}

bool Admission::has_session(const Address& address) const {
  const std::lock_guard lock(mutex_);
  return by_address_.contains(limit_key(address));
}

bool ToldFindings::first(std::size_t listener, const policy::Finding& finding) {
  const std::lock_guard lock(mutex_);
  return told_.emplace(listener, finding.kind, finding.code, finding.outcome).second;
}

Shared::Shared(const Options& options, Random& random, TimePoint now)
    : admission(options.limits),
      memory(options.limits.memory),
      blocks(options.limits, random),
      exchanges(options.limits, random),
      raised(options.pools.size()),
      recent(random) {
  for (const PoolOptions& pool : options.pools) pools.emplace_back(pool, now);
}

void Shared::use(const LimitOptions& limits) {
  admission.use(limits);
  blocks.use(limits);
  exchanges.use(limits);
}

std::optional<Rejection> Shared::rejection_of(const Address& client, TimePoint now) const {
  if (stopping) return Rejection::stopping;
  if (blocks.blocks(client, now)) return Rejection::blocked;
  if (draining && !recent.holds(client, now) && !admission.has_session(client)) return Rejection::draining;
  if (const auto rejection = admission.check(client)) return rejection;
  return memory.full() ? std::optional(Rejection::memory) : std::nullopt;
}

}  // namespace gateway::net
