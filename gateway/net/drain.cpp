#include "net/drain.h"

#include <algorithm>

namespace gateway::net {

void Drain::begin(const DrainOptions& options, TimePoint now) {
  if (phase_ == DrainPhase::serving) {
    phase_ = DrainPhase::announcing;
    refuse_at_ = now + options.announce;
    end_at_ = now + options.deadline;
    spread_ = std::min(spread_max, options.deadline);  // who sets no time to leave wants no time spent
  } else {
    refuse_at_ = std::min(refuse_at_, now);
    end_at_ = std::min(end_at_, now);
    spread_ = Duration::zero();
  }
}

DrainPhase Drain::advance(TimePoint now, std::size_t sessions) {
  if (phase_ == DrainPhase::announcing && now >= std::min(refuse_at_, end_at_)) {
    phase_ = DrainPhase::refusing;
  }
  if (phase_ == DrainPhase::refusing && sessions > 0 && now >= end_at_) {
    phase_ = DrainPhase::ending;
    drained_ = false;
  }
  const bool gone = sessions == 0 && (phase_ == DrainPhase::refusing || phase_ == DrainPhase::ending);
  if (gone || (phase_ == DrainPhase::ending && now >= end_at_ + spread_)) phase_ = DrainPhase::over;
  return phase_;
}

double Drain::share(TimePoint now) const {
  if (phase_ < DrainPhase::ending) return 0;
  if (now >= end_at_ + spread_) return 1;
  using Seconds = std::chrono::duration<double>;
  return Seconds(now - end_at_) / Seconds(spread_);
}

}  // namespace gateway::net
