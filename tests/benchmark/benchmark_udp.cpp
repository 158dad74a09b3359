#include <string>

#include "benchmark/benchmarks.h"
#include "benchmark/comparison.h"
#include "benchmark/udp_ways.h"

namespace gateway::test {

namespace {

const std::vector<std::string> columns{"proxy us", "server us", "datagrams, clients", "datagrams, server"};

std::string describe(const Shape& shape) {
  return std::string(shape.clear ? "clear" : "encrypted") + " operations over UDP, " +
         std::to_string(shape.bytes) + " B, window " + std::to_string(shape.window) + ", an operation";
}

}  // namespace

void benchmark_udp(const Shape& shape) {
  Comparison comparison(describe(shape) + ", sessions " + std::to_string(shape.sessions), columns);
  for (const UdpWay& way : udp_ways(shape.clear, shape.threads)) {
    if (!shape.only.empty() && shape.only != way.name) continue;
    comparison.add(way.name, [&shape, way] {
      return cost_of_operations(way, shape.sessions, shape.bytes, shape.window, shape.operations);
    });
  }
  comparison.run(shape.rounds);
  comparison.print();
  comparison.print_ratio("gateway", "nginx UDP");
  comparison.print_ratio("gateway", "relay");
  comparison.print_ratio("nginx UDP", "relay");
  comparison.print_ratio("gateway, shards", "gateway");
}

void benchmark_growth(const Shape& shape) {
  const std::string many = ", " + std::to_string(shape.sessions);
  Comparison comparison(describe(shape), columns);
  const auto ways = udp_ways(shape.clear, 1);
  for (const UdpWay& way : ways) {
    for (const std::size_t sessions : {std::size_t{1}, shape.sessions}) {
      comparison.add(way.name + (sessions == 1 ? ", 1" : many), [&shape, way, sessions] {
        return cost_of_operations(way, sessions, shape.bytes, shape.window, shape.operations);
      });
    }
  }
  comparison.run(shape.rounds);
  comparison.print();
  for (const UdpWay& way : ways) {
    if (way.start) comparison.print_ratio(way.name + many, way.name + ", 1");
  }
}

}  // namespace gateway::test
