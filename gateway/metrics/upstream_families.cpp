// Servers: up or down, sessions, connects, probes.
#include <string_view>

#include "metrics/groups.h"
#include "metrics/names.h"
#include "metrics/sums.h"

namespace gateway::metrics {
namespace {

using net::PoolReport;
using net::PoolStats;
using net::ServerReport;
using net::ServerStats;

/// Adds one metric for every server there is. `add` takes the server and its labels.
template <class Add>
void for_each_server(const std::vector<PoolReport>& pools, Add add) {
  for (const PoolReport& pool : pools) {
    for (const ServerReport& server : pool.servers) {
      add(server, Labels{{"upstream", pool.name}, {"server", server.text}});
    }
  }
}

Labels with(Labels labels, const char* key, std::string_view value) {
  labels.emplace_back(key, value);
  return labels;
}

void add_servers(const std::vector<PoolReport>& pools, Families& out) {
  const auto add = [&](const Metric& metric, Counter ServerStats::*counter) {
    for_each_server(pools, [&](const ServerReport& server, const Labels& labels) {
      out.add(metric, (server.stats.*counter).value(), labels);
    });
  };
  add(upstream_up, &ServerStats::up);
  for_each_server(pools, [&](const ServerReport& server, const Labels& labels) {
    out.add(upstream_state, std::uint64_t{1}, with(labels, "state", name(server.state)));
  });
  add(upstream_sessions, &ServerStats::sessions);
  for_each_server(pools, [&](const ServerReport& server, const Labels& labels) {
    out.add(upstream_connects, server.stats.connected.value(), with(labels, "result", "ok"));
    out.add(upstream_connects, server.stats.connect_failures.value(), with(labels, "result", "failed"));
  });
  for_each_server(pools, [&](const ServerReport& server, const Labels& labels) {
    for (const net::ProbeResult result : all_of<net::ProbeResult>()) {
      out.add(upstream_probes, server.stats.probes[index(result)].value(),
              with(labels, "result", name(result)));
    }
  });
  add(upstream_resolve_failures, &ServerStats::resolve_failures);
  add(upstream_address_changes, &ServerStats::address_changes);
}

}  // namespace

void add_upstream_families(const Scrape& scrape, Families& out) {
  add_servers(scrape.pools, out);
  const Sums sums(scrape.shards);
  for (std::size_t i = 0; i < scrape.pools.size(); ++i) {
    out.add(upstream_clock_steps, sums.pool(i, &PoolStats::clock_steps),
            {{"upstream", scrape.pools[i].name}});
  }
}

}  // namespace gateway::metrics
