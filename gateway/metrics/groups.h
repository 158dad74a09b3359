#pragma once

#include <cstddef>
#include <vector>

#include "metrics/families.h"
#include "metrics/scrape.h"

namespace gateway::metrics {

// The metrics of names.h, a file a group.

void add_session_families(const Scrape& scrape, Families& out);
void add_traffic_families(const Scrape& scrape, Families& out);
void add_crypto_families(const Scrape& scrape, Families& out);
void add_upstream_families(const Scrape& scrape, Families& out);
void add_process_families(const Scrape& scrape, Families& out);

/// The listeners that speak this, by index of Options::listeners.
std::vector<std::size_t> listeners_of(net::Scheme scheme, const net::Options& options);

}  // namespace gateway::metrics
