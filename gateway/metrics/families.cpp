#include "metrics/families.h"

#include <sstream>

#include <prometheus/text_serializer.h>

namespace gateway::metrics {

void Families::add(const Metric& metric, double value, const Labels& labels) {
  if (families_.empty() || families_.back().name != metric.name) {
    const bool counter = metric.kind == Kind::counter;
    families_.push_back({.name = metric.name,
                         .help = metric.help,
                         .type = counter ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge,
                         .metric = {}});
  }
  prometheus::ClientMetric& series = families_.back().metric.emplace_back();
  for (const auto& [name, word] : labels) series.label.push_back({.name = name, .value = std::string(word)});
  (metric.kind == Kind::counter ? series.counter.value : series.gauge.value) = value;
}

std::string Families::text() const {
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, families_);
  return out.str();
}

}  // namespace gateway::metrics
