#pragma once

#include <cstdint>
#include <functional>
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

  using Count = std::function<std::uint64_t()>;

  /// `shards` and `servers` must outlive the exporter. `started` is in seconds since 1970;
  /// `lines_dropped` of the log is asked at each scrape.
  Exporter(const net::Options& options, std::vector<const net::ShardStats*> shards, Servers servers,
           Build build, double started, Count lines_dropped);

  std::string text() const;

 private:
  net::Options options_;  // names and limits
  std::vector<const net::ShardStats*> shards_;
  Servers servers_;
  Build build_;
  double started_;
  Count log_lines_dropped_;
};

}  // namespace gateway::metrics
