#include "net/memory_budget.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/buffer_pool.h"

namespace gateway::net {

namespace {

constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

std::size_t percent_of(std::optional<std::size_t> limit, std::size_t percent) {
  return limit ? *limit / 100 * percent : unlimited;
}

}  // namespace

MemoryBudget::MemoryBudget(std::optional<std::size_t> limit)
    : full_(percent_of(limit, 90)), crowded_(percent_of(limit, 95)), relieved_(percent_of(limit, 85)) {}

std::size_t MemoryBudget::excess() const {
  const std::size_t all = used();
  return all > relieved_ ? all - relieved_ : 0;
}

void MemoryShare::publish(std::size_t bytes) {
  const std::size_t before = published_.value();
  if (bytes == before) return;
  budget_.change(before, bytes);
  published_.set(bytes);
}

// Every shard sees the same excess, so each frees its part of it: together they end no more than must be.
std::size_t MemoryShare::take_excess(TimePoint now) {
  if (!budget_.full()) {
    full_since_ = never;
    return 0;
  }
  full_since_ = std::min(full_since_, now);
  if (now < deadline()) return 0;
  next_look_ = now + interval;
  const std::size_t excess = budget_.excess();
  const auto all = static_cast<double>(std::max<std::size_t>(budget_.used(), 1));
  const double part = std::min(static_cast<double>(published_.value()) / all, 1.0);
  return static_cast<std::size_t>(std::ceil(static_cast<double>(excess) * part));
}

TimePoint MemoryShare::deadline() const {
  if (!budget_.full()) return never;
  if (budget_.crowded() || full_since_ == never) return next_look_;
  return std::max(next_look_, full_since_ + patience);
}

std::size_t kept_bytes_of_shard(std::optional<std::size_t> limit, std::size_t shards) {
  constexpr std::size_t part = 16;  // of the limit, for all shards
  if (!limit) return BufferPool::kept_bytes_max;
  return std::min(BufferPool::kept_bytes_max, *limit / part / std::max<std::size_t>(shards, 1));
}

}  // namespace gateway::net
