#include "upstream/health.h"

#include <algorithm>

namespace gateway::upstream {

// A server gets one interval before the first probe: its clients may come by themselves.
Health::Health(const HealthOptions& options, TimePoint now) : options_(options), succeeded_at_(now) {}

Change Health::succeeded(TimePoint now) {
  succeeded_at_ = now;
  if (up_) {
    in_row_ = 0;
    return Change::none;
  }
  if (++in_row_ < options_.rise) return Change::none;
  up_ = true;
  in_row_ = 0;
  return Change::went_up;
}

Change Health::failed(TimePoint now) {
  failed_at_ = now;
  if (!up_) {
    in_row_ = 0;
    return Change::none;
  }
  if (++in_row_ < options_.fall) return Change::none;
  up_ = false;
  in_row_ = 0;
  return Change::went_down;
}

bool Health::wants_trial(TimePoint now) const {
  return !options_.probes && !up_ && now >= std::max(failed_at_, tried_at_) + options_.interval;
}

TimePoint Health::probe_due() const {
  return options_.probes ? std::max(succeeded_at_, tried_at_) + options_.interval : never;
}

}  // namespace gateway::upstream
