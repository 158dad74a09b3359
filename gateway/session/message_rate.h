#pragma once

#include <algorithm>
#include <cstdint>

#include "base/time.h"

namespace gateway::session {

/// How many messages a client may send: so many a second, and those of one second at once, since clients
/// catch up after a pause. A token bucket, kept as the time at which it will be full again.
class MessageRate {
 public:
  static constexpr Duration burst = seconds(1);
  /// At least so long nothing is read from a client that was over its rate: then a whole batch is read, and
  /// slowing it costs nothing.
  static constexpr Duration pause = milliseconds(20);

  /// `per_second` messages; 0: any number.
  explicit MessageRate(std::uint32_t per_second)
      : interval_(per_second == 0 ? Duration::zero() : Duration(seconds(1)) / per_second) {}

  /// Counts one message; false when it was one too many.
  bool count(TimePoint now) {
    full_at_ = std::max(full_at_, now) + interval_;
    return full_at_ <= now + burst;
  }

  /// When a client that was over its rate may go on: at least `pause` after its last message.
  TimePoint resumes() const { return full_at_ - burst + pause; }

 private:
  Duration interval_;
  TimePoint full_at_{};
};

}  // namespace gateway::session
