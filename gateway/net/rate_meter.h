#pragma once

#include <algorithm>
#include <atomic>

#include "base/time.h"

namespace gateway::net {

/// So many a second, shared by threads without a lock: a token bucket kept as the time at which it will be
/// full again.
class RateMeter {
 public:
  static constexpr Duration burst = milliseconds(100);  // of the rate, at once after a pause

  /// `rate` a second; 0 or less: nothing ever.
  explicit RateMeter(double rate)
      : interval_(rate > 0 ? std::max(Duration(1), std::chrono::duration_cast<Duration>(
                                                       std::chrono::duration<double>(1 / rate)))
                           : Duration::zero()),
        tolerance_(std::max(Duration::zero(), burst - interval_)) {}

  /// Takes one; false when it must wait until next().
  bool take(TimePoint now) {
    if (interval_ == Duration::zero()) return false;
    Duration::rep full_at = full_at_.load(std::memory_order_relaxed);
    Duration::rep taken = 0;
    do {
      if (full_at > (now.time_since_epoch() + tolerance_).count()) return false;
      taken = std::max(full_at, now.time_since_epoch().count()) + interval_.count();
    } while (!full_at_.compare_exchange_weak(full_at, taken, std::memory_order_relaxed));
    return true;
  }

  /// When one may be taken again, at the earliest.
  TimePoint next() const {
    if (interval_ == Duration::zero()) return never;
    return TimePoint(Duration(full_at_.load(std::memory_order_relaxed)) - tolerance_);
  }

 private:
  Duration interval_;
  Duration tolerance_;
  std::atomic<Duration::rep> full_at_{0};
};

}  // namespace gateway::net
