#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "base/time.h"
#include "net/timer_wheel.h"

namespace gateway::net {

/// Which of the due timers fire in a turn. What waits to be read comes first: among it are the
/// acknowledgements and pings for want of which a timer would send again, which makes more to read. So while
/// a shard is behind with its input, timers wait a little; and a turn fires so many at most, because until it
/// is over nothing is read.
class DueTimers {
 public:
  static constexpr std::size_t turn_max = 256;
  /// While behind, timers fire so often: what floods a socket must not stop them.
  static constexpr Duration pause_while_behind = milliseconds(10);

  explicit DueTimers(TimePoint now) : fired_(now) {}

  /// The keys that fire now; valid until the next call. `behind`: this turn left input waiting. Keys that
  /// were left over may be without a session by now, or have another deadline.
  std::span<const TimerWheel::Key> take(TimePoint now, bool behind, TimerWheel& wheel) {
    due_.erase(due_.begin(), due_.begin() + static_cast<std::ptrdiff_t>(std::exchange(taken_, 0)));
    if (behind && now < fired_ + pause_while_behind) return {};
    fired_ = now;
    if (due_.empty()) wheel.advance(now, due_);  // first what was left, so that no key is in here twice
    taken_ = std::min(due_.size(), turn_max);
    return std::span(due_).first(taken_);
  }

  /// Whether some are due that didn't fire.
  bool left() const { return taken_ < due_.size(); }

 private:
  std::vector<TimerWheel::Key> due_;  // those of the last take() first
  std::size_t taken_ = 0;
  TimePoint fired_;
};

}  // namespace gateway::net
