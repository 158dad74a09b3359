#include <memory>
#include <string>

#include "benchmark/benchmarks.h"
#include "benchmark/comparison.h"
#include "benchmark/echo_server.h"
#include "benchmark/measure.h"
#include "benchmark/stream_ways.h"
#include "benchmark/udp_ways.h"

namespace gateway::test {

namespace {

constexpr std::size_t warm_sessions = 20;

/// Clients come in while the proxy carries some already, so that nothing of its start is in it.
template <class Enter>
std::vector<double> cost_of_entering(const Proxy& proxy, std::size_t sessions, Enter&& enter) {
  const auto warm = enter(warm_sessions);
  const Duration before = proxy.cpu_time();
  const auto load = enter(sessions);
  return {microseconds_of(proxy.cpu_time() - before) / static_cast<double>(sessions)};
}

std::vector<double> cost_of_udp_login(const UdpWay& way, const Shape& shape) {
  UdpScene scene(way, 1, shape.bytes, shape.sessions + warm_sessions + 1);
  return cost_of_entering(scene.proxy(), shape.sessions, [&](std::size_t sessions) {
    return std::make_unique<UdpLoad>(UdpTarget{.port = scene.proxy().port(), .sealing = way.sealing},
                                     sessions, shape.bytes);
  });
}

std::vector<double> cost_of_stream_login(const StreamWay& way, const Shape& shape) {
  EchoServer server;
  const auto proxy = start(way, server.port(), shape.sessions + warm_sessions);
  return cost_of_entering(*proxy, shape.sessions, [&](std::size_t sessions) {
    return std::make_unique<Load>(target_of(way, proxy.get(), server.port()), sessions, shape.bytes);
  });
}

}  // namespace

void benchmark_logins(const Shape& shape) {
  Comparison comparison("logins, " + std::to_string(shape.sessions) + " a round, each", {"proxy us"});
  for (const UdpWay& way : udp_ways(false, 1)) {
    if (!way.start) continue;
    comparison.add(way.name == "gateway" ? "gateway UDP" : way.name,
                   [&shape, way] { return cost_of_udp_login(way, shape); });
  }
  const auto ways = stream_ways();
  for (const StreamWay& way : ways) {
    if (!way.start) continue;
    comparison.add(way.name == "gateway" ? "gateway TCP" : way.name,
                   [&shape, way] { return cost_of_stream_login(way, shape); });
  }
  comparison.run(shape.rounds);
  comparison.print();
  for (const char* const gateway : {"gateway UDP", "gateway TCP"}) {
    for (const char* const peer : {"nginx TLS", "haproxy TLS", "hitch TLS"})
      comparison.print_ratio(gateway, peer);
  }
}

}  // namespace gateway::test
