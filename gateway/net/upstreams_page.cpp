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

json::object describe(const ServerReport& server) {
  const ServerStats& stats = server.stats;
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

json::object describe(const PoolReport& pool) {
  json::array servers;
  for (const ServerReport& server : pool.servers) servers.push_back(describe(server));
  return {{"name", pool.name}, {"health_check", pool.probes}, {"servers", std::move(servers)}};
}

}  // namespace

std::string upstreams_page(const std::vector<PoolReport>& reports) {
  json::array pools;
  for (const PoolReport& report : reports) pools.push_back(describe(report));
  return json::serialize(json::object{{"upstreams", std::move(pools)}}) + "\n";
}

}  // namespace gateway::net
