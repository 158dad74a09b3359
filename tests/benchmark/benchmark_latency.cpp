#include <algorithm>
#include <chrono>
#include <string>

#include "benchmark/benchmarks.h"
#include "benchmark/comparison.h"
#include "benchmark/measure.h"
#include "benchmark/udp_ways.h"

namespace gateway::test {

namespace {

constexpr Duration interval = microseconds(500);

std::vector<double> delays(const UdpWay& way, const Shape& shape) {
  UdpScene scene(way, shape.sessions, shape.bytes);
  scene.load().run_open_loop(shape.operations / 10 + 1, interval);
  auto took = scene.load().run_open_loop(shape.operations, interval);
  std::sort(took.begin(), took.end());
  const auto at = [&](double share) {
    return microseconds_of(took[static_cast<std::size_t>(static_cast<double>(took.size() - 1) * share)]);
  };
  return {at(0.5), at(0.99)};
}

}  // namespace

void benchmark_latency(const Shape& shape) {
  Comparison comparison("2000 operations/s over UDP, " + std::to_string(shape.bytes) + " B, sessions " +
                            std::to_string(shape.sessions) + ", until the answer",
                        {"p50 us", "p99 us"});
  for (const UdpWay& way : udp_ways(shape.clear, 1)) {
    comparison.add(way.name, [&shape, way] { return delays(way, shape); });
  }
  comparison.run(shape.rounds);
  comparison.print();
  comparison.print_ratio_beyond("direct", "gateway", "nginx UDP");
  comparison.print_ratio_beyond("direct", "gateway", "relay");
}

}  // namespace gateway::test
