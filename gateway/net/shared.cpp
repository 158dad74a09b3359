#include "net/shared.h"

#include <algorithm>

#include "net/address.h"

namespace gateway::net {

namespace {

Address without_port(Address address) {
  address.port = 0;
  return address;
}

}  // namespace

Admission::Admission(const LimitOptions& limits) {
  use(limits);
}

void Admission::use(const LimitOptions& limits) {
  sessions_max_.store(limits.sessions, std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  per_address_max_ = limits.sessions_per_address;
  exempt_.clear();
  for (const Address& address : limits.exempt) exempt_.push_back(without_port(address));
  std::sort(exempt_.begin(), exempt_.end());
}

std::optional<Rejection> Admission::check(const Address& address) const {
  const std::size_t all = sessions();
  const std::size_t most = sessions_max_.load(std::memory_order_relaxed);
  if (all >= most) return Rejection::sessions;
  if (all <= most / 2) return std::nullopt;
  const std::lock_guard lock(mutex_);
  if (exempt(address)) return std::nullopt;
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

bool Admission::exempt(const Address& address) const {
  return std::binary_search(exempt_.begin(), exempt_.end(), without_port(address));
}

bool ToldFindings::first(std::size_t listener, const policy::Finding& finding) {
  const std::lock_guard lock(mutex_);
  return told_.emplace(listener, finding.kind, finding.code, finding.outcome).second;
}

Shared::Shared(const Options& options, Random& random, TimePoint now)
    : admission(options.limits),
      exchanges(options.limits.exchanges_per_second),
      raised(options.pools.size()),
      recent(random) {
  for (const PoolOptions& pool : options.pools) pools.emplace_back(pool, now);
}

std::optional<Rejection> Shared::rejection_of(const Address& client, TimePoint now) const {
  if (stopping) return Rejection::stopping;
  if (draining && !recent.holds(client, now) && !admission.has_session(client)) return Rejection::draining;
  return admission.check(client);
}

}  // namespace gateway::net
