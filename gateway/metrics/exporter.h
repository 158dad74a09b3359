#pragma once

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

/// Writes what the shards counted in Prometheus' text format. Every series is there from the start, at zero.
/// May run on any thread: it only reads counters.
class Exporter {
 public:
  /// Of the servers of each pool, by index.
  using Servers = std::vector<const std::vector<net::ServerStats>*>;

  /// `shards` and `servers` must outlive the exporter. `started` is in seconds since 1970.
  Exporter(const net::Options& options, std::vector<const net::ShardStats*> shards, Servers servers,
           Build build, double started);

  std::string text() const;

 private:
  net::Options options_;  // names and limits
  std::vector<const net::ShardStats*> shards_;
  Servers servers_;
  Build build_;
  double started_;
};

}  // namespace gateway::metrics
