#include <memory>
#include <string>

#include "benchmark/benchmarks.h"
#include "benchmark/comparison.h"
#include "benchmark/echo_server.h"
#include "benchmark/stream_ways.h"
#include "benchmark/udp_ways.h"

namespace gateway::test {

namespace {

constexpr std::size_t warm_sessions = 20;
constexpr std::size_t operations_each = 2;

/// Growth a session from a few to all of them, each of which played.
template <class Enter>
std::vector<double> memory_of_sessions(const Proxy& proxy, const Shape& shape, Enter&& enter) {
  const auto warm = enter(warm_sessions);
  warm->run(operations_each * warm_sessions, shape.window);
  const std::size_t before = proxy.memory();
  const auto load = enter(shape.sessions);
  load->run(operations_each * shape.sessions, shape.window);
  return {static_cast<double>(proxy.memory() - before) / 1024 / static_cast<double>(shape.sessions)};
}

std::vector<double> memory_over_udp(const UdpWay& way, const Shape& shape) {
  UdpScene scene(way, 1, shape.bytes, shape.sessions + warm_sessions + 1);
  return memory_of_sessions(scene.proxy(), shape, [&](std::size_t sessions) {
    return std::make_unique<UdpLoad>(UdpTarget{.port = scene.proxy().port(), .sealing = way.sealing},
                                     sessions, shape.bytes);
  });
}

std::vector<double> memory_over_streams(const StreamWay& way, const Shape& shape) {
  EchoServer server;
  const auto proxy = start(way, server.port(), shape.sessions + warm_sessions);
  return memory_of_sessions(*proxy, shape, [&](std::size_t sessions) {
    return std::make_unique<Load>(target_of(way, proxy.get(), server.port()), sessions, shape.bytes);
  });
}

}  // namespace

void benchmark_memory(const Shape& shape) {
  Comparison comparison("user memory of idle sessions, " + std::to_string(shape.sessions) + " of them, each",
                        {"KiB"});
  for (const UdpWay& way : udp_ways(false, 1)) {
    if (!way.start) continue;
    comparison.add(way.name == "gateway" ? "gateway UDP" : way.name,
                   [&shape, way] { return memory_over_udp(way, shape); });
  }
  comparison.add("gateway TCP", [&shape] { return memory_over_streams(stream_ways()[1], shape); });
  comparison.run(shape.rounds);
  comparison.print();
  comparison.print_value("gateway UDP");
  comparison.print_value("gateway TCP");
}

}  // namespace gateway::test
