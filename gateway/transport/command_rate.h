#pragma once

#include <algorithm>
#include <cstdint>

#include "base/time.h"

namespace gateway::transport {

/// How many commands are taken from a peer: so many a second, and those of one second at once. A token
/// bucket, kept as the time at which it will be full again. What is refused costs the peer nothing, so a
/// flood still leaves it its rate.
class CommandRate {
 public:
  static constexpr Duration burst = seconds(1);

  /// `per_second` commands; 0: any number.
  explicit CommandRate(std::uint32_t per_second)
      : interval_(per_second == 0 ? Duration::zero() : Duration(seconds(1)) / per_second) {}

  /// Takes those of one datagram; false when they are too many.
  bool take(TimePoint now, std::uint32_t commands) {
    const TimePoint full_at = std::max(full_at_, now) + commands * interval_;
    if (full_at > now + burst) return false;
    full_at_ = full_at;
    return true;
  }

 private:
  Duration interval_;
  TimePoint full_at_{};
};

}  // namespace gateway::transport
