#pragma once

#include <chrono>
#include <cstdint>

namespace gateway {

/// Monotonic time. Below net/ nobody reads a clock: every call that needs the time takes a TimePoint, so
/// tests own it.
using TimePoint = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// A deadline that never comes.
inline constexpr TimePoint never = TimePoint::max();

/// The millisecond counter Photon puts on the wire: 32 bits, wraps after 49.7 days. Differences are taken as
/// int32.
inline std::uint32_t wire_milliseconds(TimePoint time) {
  return static_cast<std::uint32_t>(std::chrono::floor<milliseconds>(time.time_since_epoch()).count());
}

}  // namespace gateway
