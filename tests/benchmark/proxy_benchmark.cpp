// What the gateway costs next to other proxies that do the same job, or less, in the same run. See README.md.
//
//   proxy_benchmark udp|streams|growth|logins|latency|storm|idle|memory [--sessions N] [--bytes N] …

#include <array>
#include <sys/resource.h>

#include <CLI/CLI.hpp>

#include "benchmark/benchmarks.h"
#include "benchmark/measure.h"

namespace gateway::test {
namespace {

/// A session takes a descriptor or two here, and the children inherit the limit.
void take_all_descriptors() {
  rlimit descriptors{};
  getrlimit(RLIMIT_NOFILE, &descriptors);
  descriptors.rlim_cur = descriptors.rlim_max;
  setrlimit(RLIMIT_NOFILE, &descriptors);
}

struct Benchmark {
  const char* name;
  const char* description;
  void (*run)(const Shape&);
  bool pinned;  // everything on one core
};

constexpr std::array<Benchmark, 8> benchmarks{{
    {"udp", "CPU of operations over UDP", benchmark_udp, true},
    {"streams", "CPU of operations over TCP", benchmark_streams, true},
    {"growth", "the same over UDP with --sessions and with one", benchmark_growth, true},
    {"logins", "CPU of clients that come in", benchmark_logins, true},
    {"latency", "how long answers take", benchmark_latency, false},
    {"storm", "how long answers take while others come in", benchmark_storm, false},
    {"idle", "CPU of sessions that only ping", benchmark_idle, true},
    {"memory", "user memory of idle sessions", benchmark_memory, false},
}};

}  // namespace
}  // namespace gateway::test

int main(int count, char** values) {
  using namespace gateway::test;
  CLI::App app("Measures the gateway next to other proxies.");
  app.require_subcommand(1);
  Shape shape;
  for (const Benchmark& benchmark : benchmarks) {
    CLI::App* const command = app.add_subcommand(benchmark.name, benchmark.description);
    command->add_option("--sessions", shape.sessions)->check(CLI::Range(1, 9000));
    command->add_option("--bytes", shape.bytes)->check(CLI::Range(1, 8000));
    command->add_option("--window", shape.window)->check(CLI::Range(1, 1000));
    command->add_flag("--clear", shape.clear);
    command->add_option("--rounds", shape.rounds)->check(CLI::Range(1, 100));
    command->add_option("--operations", shape.operations)->check(CLI::Range(100, 10'000'000));
    command->add_option("--threads", shape.threads)->check(CLI::Range(1, 16));
    command->add_option("--only", shape.only);
    command->add_option("--seconds", shape.seconds)->check(CLI::Range(1, 600));
  }
  CLI11_PARSE(app, count, values);
  return run_benchmark([&] {
    take_all_descriptors();
    for (const Benchmark& benchmark : benchmarks) {
      if (!app.got_subcommand(benchmark.name)) continue;
      if (benchmark.pinned) pin_to_one_core();
      benchmark.run(shape);
    }
  });
}
