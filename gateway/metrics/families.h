#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <prometheus/metric_family.h>

#include "metrics/distribution.h"
#include "metrics/names.h"

namespace gateway::metrics {

using Labels = std::vector<std::pair<const char*, std::string_view>>;

/// The metrics of one scrape, in the order they are added.
class Families {
 public:
  /// Adds one series. Series of one metric are added one after the other.
  void add(const Metric& metric, double value, const Labels& labels = {});
  void add(const Metric& metric, std::uint64_t value, const Labels& labels = {}) {
    add(metric, static_cast<double>(value), labels);
  }

  /// Adds one histogram.
  void add(const Metric& metric, const Distribution& value, const Labels& labels = {});

  /// Prometheus text format, labels escaped.
  std::string text() const;

 private:
  prometheus::ClientMetric& series_of(const Metric& metric, const Labels& labels);

  std::vector<prometheus::MetricFamily> families_;
};

}  // namespace gateway::metrics
