#include "net/shared.h"

#include "net/address.h"

namespace gateway::net {

Admission::Admission(const LimitOptions& limits)
    : sessions_max_(limits.sessions), per_address_max_(limits.sessions_per_address), exempt_(limits.exempt) {}

std::optional<Rejection> Admission::check(const Address& address) const {
  const std::size_t all = sessions();
  if (all >= sessions_max_) return Rejection::sessions;
  if (all <= sessions_max_ / 2 || exempt_.contains(address)) return std::nullopt;
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

bool ToldFindings::first(std::size_t listener, const policy::Finding& finding) {
  const std::lock_guard lock(mutex_);
  return told_.emplace(listener, finding.kind, finding.code, finding.outcome).second;
}

Shared::Shared(const Options& options, TimePoint now)
    : admission(options.limits),
      memory(options.limits.memory),
      blocks(options.limits, random),
      exchanges(options.limits, random),
      raised(options.pools.size()) {
  for (const PoolOptions& pool : options.pools) pools.emplace_back(pool, now);
}

}  // namespace gateway::net
