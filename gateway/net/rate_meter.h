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
  explicit RateMeter(double rate) : interval_(interval_of(rate).count()) {}

  /// From now on so many.
  void use(double rate) { interval_.store(interval_of(rate).count(), std::memory_order_relaxed); }

  /// Takes one; false when it must wait until next().
  bool take(TimePoint now) {
    const Duration interval = this->interval();
    if (interval == Duration::zero()) return false;
    Duration::rep full_at = full_at_.load(std::memory_order_relaxed);
    Duration::rep taken = 0;
    do {
      if (full_at > (now.time_since_epoch() + tolerance(interval)).count()) return false;
      taken = std::max(full_at, now.time_since_epoch().count()) + interval.count();
    } while (!full_at_.compare_exchange_weak(full_at, taken, std::memory_order_relaxed));
    return true;
  }

  /// When one may be taken again, at the earliest.
  TimePoint next() const {
    const Duration interval = this->interval();
    if (interval == Duration::zero()) return never;
    return TimePoint(Duration(full_at_.load(std::memory_order_relaxed)) - tolerance(interval));
  }

 private:
  static Duration interval_of(double rate) {
    if (rate <= 0) return Duration::zero();
    return std::max(Duration(1),
                    std::chrono::duration_cast<Duration>(std::chrono::duration<double>(1 / rate)));
  }
  static Duration tolerance(Duration interval) { return std::max(Duration::zero(), burst - interval); }
  Duration interval() const { return Duration(interval_.load(std::memory_order_relaxed)); }

  std::atomic<Duration::rep> interval_;
  std::atomic<Duration::rep> full_at_{0};
};

}  // namespace gateway::net
