#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/time.h"

namespace gateway::session {

/// How many of something are taken in each window of time, and that one source can't have them all: once half
/// of them are used, a source that had its share, a sixteenth, gets no more. Sources are counted in a fixed
/// table, so a few of them share a place; by a keyed hash, so nobody can choose whose.
class SourceRate {
 public:
  enum class Verdict : std::uint8_t { within, over_rate, over_share };

  static constexpr std::uint32_t shares = 16;

  explicit SourceRate(std::uint32_t per_window, Duration window = seconds(1))
      : per_window_(per_window), window_(window) {}

  /// Counts one of the source with this hash, if it may be taken.
  Verdict take(TimePoint now, std::uint64_t source) {
    if (now >= began_ + window_) {
      began_ = now;
      taken_ = 0;
      by_source_.fill(0);
    }
    if (taken_ >= per_window_) return Verdict::over_rate;
    std::uint32_t& own = by_source_[source % by_source_.size()];
    const bool crowded = taken_ >= per_window_ / 2;
    if (crowded && own >= std::max<std::uint32_t>(1, per_window_ / shares)) return Verdict::over_share;
    ++own;
    ++taken_;
    return Verdict::within;
  }

 private:
  std::uint32_t per_window_;
  Duration window_;
  TimePoint began_{};
  std::uint32_t taken_ = 0;
  std::array<std::uint32_t, 1024> by_source_{};
};

}  // namespace gateway::session
