#pragma once

#include <cstddef>
#include <cstdint>
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

/// How the configuration came to be what it is. The one of the start counts as a success and as no reload.
struct ConfigState {
  std::uint64_t reloads = 0;
  std::uint64_t failed_reloads = 0;
  std::uint64_t refused_reloads = 0;  // while draining; they say nothing about the file
  bool last_successful = true;        // not while one takes long either
  double last_success = 0;            // seconds since 1970
  std::string hash;                   // a fingerprint of the configuration in effect
};

/// All that one text is written of, as it is now. The shards' counters change while they are read.
struct Scrape {
  const net::Options& options;                     // names, limits and rules
  std::vector<const net::ShardStats*> shards;      // what they counted
  std::vector<net::PoolReport> pools;              // by index of the pools
  std::vector<std::uint64_t> certificates_expire;  // by index of the listeners; see Gateway
  std::size_t blocked_sources = 0;                 // see Gateway
  std::uint64_t evicted_blocks = 0;                // see Gateway
  Build build;
  ConfigState config;
  double started = 0;                   // seconds since 1970
  bool ready = false;                   // what /readyz says
  bool draining = false;                // from SIGTERM on
  std::uint64_t log_lines_dropped = 0;  // since the start
};

}  // namespace gateway::metrics
