#pragma once

#include <string>

#include "base/time.h"
#include "metrics/scrape.h"
#include "metrics/totals.h"

namespace gateway::metrics {

/// The page of `/`: what a scrape holds, for an operator's eyes. HTML that fetches and runs nothing and asks
/// for itself again every five seconds. It keeps the totals it showed lately, since rates are told against
/// them. Not thread-safe.
class StatusPage {
 public:
  static constexpr Duration shortest_look = seconds(1);  // rates over less would jump

  explicit StatusPage(TimePoint started) : started_(started), before_{started, {}}, last_{started, {}} {}

  /// The page as of `now`. Rates are those since the last time it was asked for, or an earlier one when
  /// that is less than a second ago.
  std::string write(const Scrape& scrape, TimePoint now);

 private:
  struct Look {
    TimePoint time;
    Totals totals;
  };

  TimePoint started_;
  Look before_;  // what rates are told against
  Look last_;    // what the next ones may be
};

}  // namespace gateway::metrics
