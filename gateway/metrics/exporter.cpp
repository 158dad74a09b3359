#include "metrics/exporter.h"

#include <utility>

#include "metrics/families.h"
#include "metrics/groups.h"

namespace gateway::metrics {

std::vector<std::size_t> listeners_of(net::Scheme scheme, const net::Options& options) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < options.listeners.size(); ++i) {
    if (options.listeners[i].scheme == scheme) found.push_back(i);
  }
  return found;
}

Exporter::Exporter(Scrape scrape) : scrape_(std::move(scrape)) {}

std::string Exporter::text(bool is_ready) const {
  Families out;
  add_session_families(scrape_, out);
  add_traffic_families(scrape_, out);
  add_crypto_families(scrape_, out);
  add_upstream_families(scrape_, out);
  add_process_families(scrape_, is_ready, out);
  return out.text();
}

}  // namespace gateway::metrics
