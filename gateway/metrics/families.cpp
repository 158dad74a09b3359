#include "metrics/families.h"

#include <limits>
#include <sstream>

#include <prometheus/text_serializer.h>

namespace gateway::metrics {

namespace {

prometheus::MetricType type_of(Kind kind) {
  switch (kind) {
    case Kind::counter:
      return prometheus::MetricType::Counter;
    case Kind::gauge:
      return prometheus::MetricType::Gauge;
    case Kind::histogram:
      return prometheus::MetricType::Histogram;
  }
  return prometheus::MetricType::Untyped;
}

}  // namespace

prometheus::ClientMetric& Families::series_of(const Metric& metric, const Labels& labels) {
  if (families_.empty() || families_.back().name != metric.name) {
    families_.push_back(
        {.name = metric.name, .help = metric.help, .type = type_of(metric.kind), .metric = {}});
  }
  prometheus::ClientMetric& series = families_.back().metric.emplace_back();
  for (const auto& [name, word] : labels) series.label.push_back({.name = name, .value = std::string(word)});
  return series;
}

void Families::add(const Metric& metric, double value, const Labels& labels) {
  prometheus::ClientMetric& series = series_of(metric, labels);
  (metric.kind == Kind::counter ? series.counter.value : series.gauge.value) = value;
}

/// Prometheus counts in each bucket what is in the lower ones too.
void Families::add(const Metric& metric, const Distribution& value, const Labels& labels) {
  prometheus::ClientMetric::Histogram& histogram = series_of(metric, labels).histogram;
  for (std::size_t i = 0; i < value.counts.size(); ++i) {
    histogram.sample_count += value.counts[i];
    const bool last = i == value.bounds.size();
    histogram.bucket.push_back(
        {.cumulative_count = histogram.sample_count,
         .upper_bound = last ? std::numeric_limits<double>::infinity() : value.bounds[i]});
  }
  histogram.sample_sum = value.sum;
}

std::string Families::text() const {
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, families_);
  return out.str();
}

}  // namespace gateway::metrics
