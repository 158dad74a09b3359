// CPU per operation over TCP: an encrypted reliable request and its encrypted response through the gateway,
// next to the same operation inside TLS through nginx, and in the clear straight to the server. See
// README.md.
//
//   stream_benchmark [operations a round] [rounds] [bytes] [sessions]

#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "benchmark/echo_server.h"
#include "benchmark/load.h"
#include "benchmark/measure.h"
#include "benchmark/nginx.h"
#include "support/loopback.h"
#include "support/process.h"

namespace gateway::test {
namespace {

constexpr std::size_t bytes_max = 4096;  // a whole window must fit in the buffers of the sockets
constexpr std::size_t sessions_max = 1000;
constexpr std::size_t warm_operations = 4 * Load::window;

struct Shape {
  std::size_t operations = 0;  // a round
  std::size_t rounds = 0;
  std::size_t bytes = 0;
  std::size_t sessions = 0;
};

/// One way to the server, and what the rounds on it took: microseconds an operation.
struct Variant {
  const char* name;
  Target target;
  std::function<Duration()> proxy_time;  // none: straight to the server
  std::vector<double> server{};
  std::vector<double> proxy{};
};

std::unique_ptr<Process> start_gateway(const TemporaryFile& config) {
  auto gateway = std::make_unique<Process>(
      std::vector<std::string>{built_program("photon-gateway"), "--config", config.path()});
  if (!gateway->wait_for_output("listening", seconds(10))) {
    throw std::runtime_error("the gateway doesn't start: " + gateway->output());
  }
  return gateway;
}

std::string gateway_config(std::uint16_t port, std::uint16_t server, std::size_t sessions) {
  return "version: 1\nlisteners:\n  - { name: b, listen: \"tcp://127.0.0.1:" + std::to_string(port) +
         "\", upstream: b }\nupstreams:\n  b: { servers: [\"tcp://127.0.0.1:" + std::to_string(server) +
         "\"] }\nadmin: off\nthreads: 1\nlimits: { sessions: " + std::to_string(2 * sessions + 100) +
         ", per_session: { messages: off } }\n";
}

void run_round(Variant& variant, const Shape& shape, EchoServer& server) {
  Load load(variant.target, shape.sessions, shape.bytes);
  load.run(std::max(warm_operations, 4 * shape.sessions));
  const auto proxy_time = [&] { return variant.proxy_time ? variant.proxy_time() : Duration{}; };
  const Duration server_before = server.cpu_time();
  const Duration proxy_before = proxy_time();
  load.run(shape.operations);
  const auto operations = static_cast<double>(shape.operations);
  variant.server.push_back(microseconds_of(server.cpu_time() - server_before) / operations);
  variant.proxy.push_back(microseconds_of(proxy_time() - proxy_before) / operations);
}

/// Element by element: both are of the same rounds.
std::vector<double> ratios(const std::vector<double>& above, const std::vector<double>& below) {
  std::vector<double> values(above.size());
  std::transform(above.begin(), above.end(), below.begin(), values.begin(), std::divides<>());
  return values;
}

void print(const char* title, const std::vector<double>& values) {
  const Spread spread = spread_of(values);
  std::printf("   %s %6.2f (%.2f..%.2f)", title, spread.median, spread.min, spread.max);
}

void print(const Variant& variant) {
  std::printf("%-10s", variant.name);
  print("server", variant.server);
  if (variant.proxy_time) {
    print("proxy", variant.proxy);
    print("x", ratios(variant.proxy, variant.server));
  }
  std::printf("\n");
}

void report(const std::vector<Variant>& variants, const Shape& shape) {
  std::printf("%zu B, sessions %zu, window %zu: us of CPU per operation, median (min..max) of %zu rounds\n",
              shape.bytes, shape.sessions, Load::window, shape.rounds);
  const Variant& gateway = variants[1];
  for (const Variant& variant : variants) print(variant);
  for (std::size_t i = 2; i < variants.size(); ++i) {
    std::printf("gateway / %s", variants[i].name);
    print("", ratios(gateway.proxy, variants[i].proxy));
    std::printf("\n");
  }
}

void measure(const Shape& shape) {
  EchoServer server;
  const std::uint16_t port = free_tcp_port();
  const TemporaryFile config(".yaml", gateway_config(port, server.port(), shape.sessions));
  const auto gateway = start_gateway(config);
  std::vector<Variant> variants{
      {"direct", {.port = server.port()}, {}},
      {"gateway", {.port = port, .encrypted = true}, [&] { return gateway->cpu_time(); }}};
  const std::string missing = Nginx::missing();
  std::unique_ptr<Nginx> nginx;
  if (missing.empty()) {
    nginx = std::make_unique<Nginx>(server.port());
    const auto time = [&] { return nginx->cpu_time(); };
    variants.push_back({"nginx TLS", {.port = nginx->tls_port(), .tls = true}, time});
    variants.push_back({"nginx TCP", {.port = nginx->tcp_port()}, time});
  } else {
    std::printf("without nginx: %s\n", missing.c_str());
  }
  std::vector<Variant*> order;
  for (Variant& variant : variants) order.push_back(&variant);
  std::mt19937 random(std::random_device{}());
  for (std::size_t round = 0; round < shape.rounds; ++round) {
    std::shuffle(order.begin(), order.end(), random);
    for (Variant* const variant : order) run_round(*variant, shape, server);
  }
  report(variants, shape);
}

}  // namespace
}  // namespace gateway::test

int main(int count, char** values) {
  using namespace gateway::test;
  return run_benchmark([&] {
    const Arguments arguments(
        count, values,
        "stream_benchmark [operations a round] [rounds] [bytes, at most 4096] [sessions, at most 1000]");
    pin_to_one_core();
    measure({.operations = arguments.number(1, 20'000),
             .rounds = arguments.number(2, 5),
             .bytes = arguments.number(3, 100, bytes_max),
             .sessions = arguments.number(4, 1, sessions_max)});
  });
}
