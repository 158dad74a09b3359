#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "net/options.h"
#include "net/stats.h"

namespace gateway::metrics {

/// What runs here, told by labels of metrics that are always 1.
struct Build {
  std::string version;
  std::string commit;  // empty when unknown
  std::string botan;   // the library's version
};

/// All that one text is written of. The counters behind it change while they are read.
struct Scrape {
  net::Options options;  // names and limits
  std::vector<const net::ShardStats*> shards;
  std::vector<const std::vector<net::ServerStats>*> servers;         // by pool, of its servers by index
  const std::vector<net::CertificateStats>* certificates = nullptr;  // by index of the listeners
  Build build;
  std::string config_hash;                           // a fingerprint of the configuration in effect
  double started = 0;                                // seconds since 1970
  std::function<std::uint64_t()> log_lines_dropped;  // by the log, asked at each scrape
};

}  // namespace gateway::metrics
