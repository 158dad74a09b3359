#pragma once

#include <string>

#include "metrics/scrape.h"

namespace gateway::metrics {

/// Writes what the shards counted in Prometheus' text format. Every series is there from the start, at zero.
/// May run on any thread: it only reads counters.
class Exporter {
 public:
  /// The counters that `scrape` points to must outlive the exporter; `is_ready` is given with each text.
  explicit Exporter(Scrape scrape);

  std::string text(bool is_ready) const;

 private:
  Scrape scrape_;
};

}  // namespace gateway::metrics
