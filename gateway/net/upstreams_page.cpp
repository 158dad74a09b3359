#include "net/upstreams_page.h"

#include <boost/json.hpp>

namespace gateway::net {

namespace {

namespace json = boost::json;

json::object probes(const ServerStats& stats) {
  json::object out;
  for (std::size_t i = 0; i < stats.probes.size(); ++i) {
    const std::string_view result = name(static_cast<ProbeResult>(i));
    out[{result.data(), result.size()}] = stats.probes[i].value();
  }
  return out;
}

json::object describe(const ServerOptions& server, const ServerStats& stats) {
  const std::string_view state = name(server.state);
  return {
      {"server", server.text},
      {"state", json::string_view(state.data(), state.size())},
      {"up", stats.up.value() != 0},
      {"sessions", stats.sessions.value()},
      {"connects", {{"ok", stats.connected.value()}, {"failed", stats.connect_failures.value()}}},
      {"probes", probes(stats)},
      {"resolve_failures", stats.resolve_failures.value()},
      {"address_changes", stats.address_changes.value()},
  };
}

json::object describe(const PoolOptions& pool, const std::vector<ServerStats>& stats) {
  json::array servers;
  for (std::size_t i = 0; i < pool.servers.size(); ++i)
    servers.push_back(describe(pool.servers[i], stats[i]));
  return {{"name", pool.name}, {"health_check", pool.health.probes}, {"servers", std::move(servers)}};
}

}  // namespace

std::string upstreams_page(const Options& options,
                           const std::vector<const std::vector<ServerStats>*>& servers) {
  json::array pools;
  for (std::size_t i = 0; i < options.pools.size(); ++i)
    pools.push_back(describe(options.pools[i], *servers[i]));
  return json::serialize(json::object{{"upstreams", std::move(pools)}}) + "\n";
}

}  // namespace gateway::net
