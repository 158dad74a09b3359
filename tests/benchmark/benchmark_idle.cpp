#include <chrono>
#include <string>

#include "benchmark/benchmarks.h"
#include "benchmark/comparison.h"
#include "benchmark/measure.h"
#include "benchmark/udp_ways.h"

namespace gateway::test {

namespace {

/// Milliseconds of CPU a second, and datagrams a second on each link.
std::vector<double> cost_of_idling(const UdpWay& way, const Shape& shape) {
  UdpScene scene(way, shape.sessions, shape.bytes);
  scene.load().idle(seconds(2));
  const Duration proxy = scene.proxy_time();
  const Duration server = scene.server_time();
  const std::uint64_t client_link = scene.client_link();
  const std::uint64_t server_link = scene.server_link();
  scene.load().idle(seconds(static_cast<std::int64_t>(shape.seconds)));
  const auto each = [&](double value) { return value / static_cast<double>(shape.seconds); };
  return {each(microseconds_of(scene.proxy_time() - proxy) / 1000),
          each(microseconds_of(scene.server_time() - server) / 1000),
          each(static_cast<double>(scene.client_link() - client_link)),
          each(static_cast<double>(scene.server_link() - server_link))};
}

}  // namespace

void benchmark_idle(const Shape& shape) {
  Comparison comparison(
      "sessions over UDP that only ping, " + std::to_string(shape.sessions) + " of them, a second",
      {"proxy ms", "server ms", "datagrams, clients", "datagrams, server"});
  for (const UdpWay& way : udp_ways(shape.clear, 1)) {
    comparison.add(way.name, [&shape, way] { return cost_of_idling(way, shape); });
  }
  comparison.run(shape.rounds);
  comparison.print();
  comparison.print_ratio("gateway", "relay");
  comparison.print_ratio("gateway", "nginx UDP");
}

}  // namespace gateway::test
