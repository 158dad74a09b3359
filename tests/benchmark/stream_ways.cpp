#include "benchmark/stream_ways.h"

#include <cstdio>

#include "benchmark/peers.h"

namespace gateway::test {

std::vector<StreamWay> stream_ways() {
  std::vector<StreamWay> ways{{"direct"}, {"gateway", start_gateway, Link::tcp, true}};
  const auto add = [&](const std::string& missing, const StreamWay& way) {
    if (missing.empty()) {
      ways.push_back(way);
    } else {
      std::printf("without %s: %s\n", way.name.c_str(), missing.c_str());
    }
  };
  add(missing_nginx(), {"nginx TLS", start_nginx, Link::tls});
  add(missing_nginx(), {"nginx TCP", start_nginx, Link::tcp});
  add(missing_haproxy(), {"haproxy TLS", start_haproxy, Link::tls});
  add(missing_haproxy(), {"haproxy TCP", start_haproxy, Link::tcp});
  add(missing_hitch(), {"hitch TLS", start_hitch, Link::tls});
  return ways;
}

std::unique_ptr<Proxy> start(const StreamWay& way, std::uint16_t server, std::size_t sessions) {
  if (!way.start) return nullptr;
  return way.start({.link = way.link, .server = server, .sessions = sessions});
}

Target target_of(const StreamWay& way, const Proxy* proxy, std::uint16_t server) {
  return {.port = proxy != nullptr ? proxy->port() : server,
          .tls = way.link == Link::tls,
          .encrypted = way.encrypted};
}

}  // namespace gateway::test
