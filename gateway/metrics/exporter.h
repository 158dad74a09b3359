#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "net/options.h"
#include "net/stats.h"

namespace gateway::metrics {

/// What was built, for photon_gateway_build_info.
struct Build {
  std::string version;
  std::string commit;  // empty when unknown
};

/// How the configuration came to be what it is. The one of the start counts as a success and as no reload.
struct ConfigState {
  std::uint64_t reloads = 0;
  std::uint64_t failed_reloads = 0;
  bool last_successful = true;
  double last_success = 0;  // seconds since 1970
  std::string hash;
};

/// What the counters don't tell, as it is now.
struct Situation {
  const net::Options& options;  // names, limits and rules
  std::vector<net::PoolReport> pools;
  ConfigState config;
  bool draining = false;
};

/// Writes what the shards counted in Prometheus' text format. Every series is there from the start, at zero.
/// May run on any thread: it only reads counters.
class Exporter {
 public:
  /// `shards` must outlive the exporter. `started` is in seconds since 1970.
  Exporter(std::vector<const net::ShardStats*> shards, Build build, double started);

  std::string text(const Situation& now) const;

 private:
  std::vector<const net::ShardStats*> shards_;
  Build build_;
  double started_;
};

}  // namespace gateway::metrics
