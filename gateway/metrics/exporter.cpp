#include "metrics/exporter.h"

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

std::string write_text(const Scrape& scrape) {
  Families out;
  add_session_families(scrape, out);
  add_traffic_families(scrape, out);
  add_crypto_families(scrape, out);
  add_upstream_families(scrape, out);
  add_process_families(scrape, out);
  return out.text();
}

}  // namespace gateway::metrics
