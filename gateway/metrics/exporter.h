#pragma once

#include <string>

#include "metrics/scrape.h"

namespace gateway::metrics {

/// What `scrape` holds in Prometheus' text format. Every series is there from the start, at zero. May run on
/// any thread: of the shards it only reads counters.
std::string write_text(const Scrape& scrape);

}  // namespace gateway::metrics
