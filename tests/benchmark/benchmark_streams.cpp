#include <algorithm>
#include <stdexcept>
#include <string>

#include "benchmark/benchmarks.h"
#include "benchmark/comparison.h"
#include "benchmark/echo_server.h"
#include "benchmark/measure.h"
#include "benchmark/stream_ways.h"

namespace gateway::test {

namespace {

constexpr std::size_t bytes_max = 4096;  // a whole window must fit in the buffers of the sockets

std::vector<double> cost_of_operations(const StreamWay& way, const Shape& shape) {
  EchoServer server;
  const auto proxy = start(way, server.port(), shape.sessions);
  Load load(target_of(way, proxy.get(), server.port()), shape.sessions, shape.bytes);
  load.run(std::max({4 * shape.window, 4 * shape.sessions, shape.operations / 10}), shape.window);
  const auto proxy_time = [&] { return proxy ? proxy->cpu_time() : Duration{}; };
  const Duration server_before = server.cpu_time();
  const Duration proxy_before = proxy_time();
  load.run(shape.operations, shape.window);
  const auto each = [&](Duration time) {
    return microseconds_of(time) / static_cast<double>(shape.operations);
  };
  return {each(proxy_time() - proxy_before), each(server.cpu_time() - server_before)};
}

}  // namespace

void benchmark_streams(const Shape& shape) {
  if (shape.bytes > bytes_max) throw std::runtime_error("streams carry at most 4096 bytes here");
  Comparison comparison("operations over TCP, " + std::to_string(shape.bytes) + " B, window " +
                            std::to_string(shape.window) + ", sessions " + std::to_string(shape.sessions) +
                            ", an operation",
                        {"proxy us", "server us"});
  const auto ways = stream_ways();
  for (const StreamWay& way : ways) {
    comparison.add(way.name, [&shape, way] { return cost_of_operations(way, shape); });
  }
  comparison.run(shape.rounds);
  comparison.print();
  for (const StreamWay& way : ways) {
    if (way.start && way.name != "gateway") comparison.print_ratio("gateway", way.name);
  }
}

}  // namespace gateway::test
