#pragma once

#include <algorithm>

#include "base/counter.h"
#include "base/time.h"
#include "net/options.h"

namespace gateway::net {

/// How many records of sessions a shard writes: so many a second, and those of one second at once after a
/// pause. The others are counted.
class RecordMeter {
 public:
  explicit RecordMeter(Counter& left_out) : left_out_(left_out) {}

  /// True when one may be written.
  bool take(const RecordOptions& options, TimePoint now) {
    const Duration interval = Duration(seconds(1)) / options.sessions_per_second;
    const TimePoint full_at = std::max(full_at_, now) + interval;
    const bool may = full_at <= now + seconds(1);
    if (may) {
      full_at_ = full_at;
    } else {
      left_out_.add();
    }
    return may;
  }

 private:
  Counter& left_out_;
  TimePoint full_at_{};
};

}  // namespace gateway::net
