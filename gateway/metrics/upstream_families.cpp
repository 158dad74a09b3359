// Servers: up or down, sessions, connects, probes.
#include <string_view>

#include "metrics/groups.h"
#include "metrics/names.h"
#include "metrics/sums.h"

namespace gateway::metrics {
namespace {

using net::PoolStats;
using net::ServerStats;

using Servers = decltype(Scrape::servers);

/// Adds one metric for every server there is. `add` takes the server, its counters and its labels.
template <class Add>
void for_each_server(const net::Options& options, const Servers& servers, Add add) {
  for (std::size_t pool = 0; pool < options.pools.size(); ++pool) {
    for (std::size_t i = 0; i < options.pools[pool].servers.size(); ++i) {
      const net::ServerOptions& server = options.pools[pool].servers[i];
      add(server, (*servers[pool])[i],
          Labels{{"upstream", options.pools[pool].name}, {"server", server.text}});
    }
  }
}

Labels with(Labels labels, const char* key, std::string_view value) {
  labels.emplace_back(key, value);
  return labels;
}

void add_servers(const net::Options& options, const Servers& servers, Families& out) {
  const auto add = [&](const Metric& metric, Counter ServerStats::*counter) {
    for_each_server(options, servers, [&](const auto&, const ServerStats& stats, const Labels& labels) {
      out.add(metric, (stats.*counter).value(), labels);
    });
  };
  add(upstream_up, &ServerStats::up);
  for_each_server(options, servers, [&](const auto& server, const auto&, const Labels& labels) {
    out.add(upstream_state, std::uint64_t{1}, with(labels, "state", name(server.state)));
  });
  add(upstream_sessions, &ServerStats::sessions);
  for_each_server(options, servers, [&](const auto&, const ServerStats& stats, const Labels& labels) {
    out.add(upstream_connects, stats.connected.value(), with(labels, "result", "ok"));
    out.add(upstream_connects, stats.connect_failures.value(), with(labels, "result", "failed"));
  });
  for_each_server(options, servers, [&](const auto&, const ServerStats& stats, const Labels& labels) {
    for (const net::ProbeResult result : all_of<net::ProbeResult>()) {
      out.add(upstream_probes, stats.probes[index(result)].value(), with(labels, "result", name(result)));
    }
  });
  add(upstream_resolve_failures, &ServerStats::resolve_failures);
  add(upstream_address_changes, &ServerStats::address_changes);
}

void add_upstreams(const net::Options& options, const Servers& servers, const Sums& sums, Families& out) {
  add_servers(options, servers, out);
  for (std::size_t i = 0; i < options.pools.size(); ++i) {
    out.add(upstream_clock_steps, sums.pool(i, &PoolStats::clock_steps),
            {{"upstream", options.pools[i].name}});
  }
}

}  // namespace

void add_upstream_families(const Scrape& scrape, Families& out) {
  add_upstreams(scrape.options, scrape.servers, Sums(scrape.shards), out);
}

}  // namespace gateway::metrics
