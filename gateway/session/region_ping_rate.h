#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/time.h"

namespace gateway::session {

/// How many region pings are echoed in each second, and that one source can't take them all: once half of
/// them are used, a source that had its share, a sixteenth, gets no more. Sources are counted in a fixed
/// table, so a few of them share a place; by a keyed hash, so nobody can choose whose.
class RegionPingRate {
 public:
  enum class Verdict : std::uint8_t { within, over_rate, over_share };

  static constexpr std::uint32_t shares = 16;

  explicit RegionPingRate(std::uint32_t per_second) : per_second_(per_second) {}

  /// Counts one of the source with this hash, if it may be echoed.
  Verdict take(TimePoint now, std::uint64_t source) {
    if (now >= began_ + seconds(1)) {
      began_ = now;
      echoed_ = 0;
      by_source_.fill(0);
    }
    if (echoed_ >= per_second_) return Verdict::over_rate;
    std::uint32_t& own = by_source_[source % by_source_.size()];
    const bool crowded = echoed_ >= per_second_ / 2;
    if (crowded && own >= std::max<std::uint32_t>(1, per_second_ / shares)) return Verdict::over_share;
    ++own;
    ++echoed_;
    return Verdict::within;
  }

 private:
  std::uint32_t per_second_;
  TimePoint began_{};
  std::uint32_t echoed_ = 0;
  std::array<std::uint32_t, 1024> by_source_{};
};

}  // namespace gateway::session
