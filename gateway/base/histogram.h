#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/counter.h"
#include "base/time.h"

namespace gateway {

/// How often durations fell into each of a few buckets. As a Counter it has one writer, its shard, and any
/// thread may read it; it allocates nothing. `bounds` is a constant array of Durations, ascending: what a
/// bucket holds at most.
template <const auto& bounds>
class Histogram {
 public:
  static constexpr std::size_t buckets = bounds.size() + 1;  // the last one has no bound

  /// Adds `times` durations of this length; a negative one counts as none at all.
  void observe(Duration duration, std::uint64_t times = 1) {
    const Duration length = std::max(duration, Duration::zero());
    std::size_t bucket = 0;
    while (bucket < bounds.size() && length > bounds[bucket]) ++bucket;
    counts_[bucket].add(times);
    nanoseconds_.add(static_cast<std::uint64_t>(std::chrono::nanoseconds(length).count()) * times);
  }

  /// Durations in one bucket alone.
  std::uint64_t count(std::size_t bucket) const { return counts_[bucket].value(); }
  /// Of all durations together.
  std::uint64_t nanoseconds() const { return nanoseconds_.value(); }

 private:
  std::array<Counter, buckets> counts_;
  Counter nanoseconds_;
};

}  // namespace gateway
