#include "net/source_blocks.h"

#include <algorithm>
#include <tuple>

#include "net/address.h"

namespace gateway::net {

namespace {

constexpr std::size_t buckets = 1024;
constexpr std::size_t bucket_entries = 4;  // the oldest gives way, one that isn't blocked first

}  // namespace

SourceBlocks::SourceBlocks(const LimitOptions& limits, Random& random)
    : exempt_(limits.exempt), hash_(random), options_(limits.block), entries_(buckets * bucket_entries) {}

void SourceBlocks::use(const LimitOptions& limits) {
  exempt_.use(limits.exempt);
  const std::lock_guard lock(mutex_);
  options_ = limits.block;
  if (options_.violations == 0) std::ranges::fill(entries_, Entry{});
}

std::optional<BlockOptions> SourceBlocks::violated(const Address& client, TimePoint now) {
  if (exempt_.contains(client)) return std::nullopt;
  const Address source = limit_key(client);
  const std::lock_guard lock(mutex_);
  if (options_.violations == 0) return std::nullopt;
  Entry& entry = place_of(source, now);
  if (now < entry.blocked_until) return std::nullopt;  // sessions that it still had
  if (now - entry.since > options_.within) {
    entry.since = now;
    entry.violations = 0;
  }
  if (++entry.violations < options_.violations) return std::nullopt;
  entry.violations = 0;
  entry.blocked_until = now + options_.duration;
  const Duration::rep end = entry.blocked_until.time_since_epoch().count();
  last_end_.store(std::max(last_end_.load(std::memory_order_relaxed), end), std::memory_order_relaxed);
  return options_;
}

bool SourceBlocks::blocks(const Address& client, TimePoint now) const {
  if (now.time_since_epoch().count() >= last_end_.load(std::memory_order_relaxed)) return false;
  if (exempt_.contains(client)) return false;  // since a reload
  const Address source = limit_key(client);
  const std::lock_guard lock(mutex_);
  const Entry* entry = find(source);
  return entry != nullptr && now < entry->blocked_until;
}

std::size_t SourceBlocks::count(TimePoint now) const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(
      std::ranges::count_if(entries_, [now](const Entry& entry) { return now < entry.blocked_until; }));
}

const SourceBlocks::Entry* SourceBlocks::find(const Address& source) const {
  for (const Entry& entry : bucket(source)) {
    if (entry.source == source) return &entry;
  }
  return nullptr;
}

SourceBlocks::Entry& SourceBlocks::place_of(const Address& source, TimePoint now) {
  const std::span<Entry> places = bucket(source);
  const auto known = std::ranges::find(places, source, &Entry::source);
  if (known != places.end()) return *known;
  Entry& oldest = *std::ranges::min_element(
      places, {}, [now](const Entry& entry) { return std::tuple(now < entry.blocked_until, entry.since); });
  if (now < oldest.blocked_until) evicted_.fetch_add(1, std::memory_order_relaxed);
  oldest = {.source = source};
  return oldest;
}

std::span<SourceBlocks::Entry> SourceBlocks::bucket(const Address& source) const {
  const std::size_t first = hash_(source.ip) % buckets * bucket_entries;
  return std::span(entries_).subspan(first, bucket_entries);
}

}  // namespace gateway::net
