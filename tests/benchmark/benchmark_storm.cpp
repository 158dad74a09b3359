#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <sys/resource.h>
#include <thread>

#include "benchmark/benchmarks.h"
#include "benchmark/comparison.h"
#include "benchmark/measure.h"
#include "benchmark/udp_ways.h"

namespace gateway::test {

namespace {

constexpr Duration interval = microseconds(500);
constexpr std::size_t entering = 50;  // clients, every
constexpr Duration pause = milliseconds(100);

/// Clients that come in and then say nothing more, in a thread of lower priority: what they cost themselves
/// isn't what is measured.
class Storm {
 public:
  explicit Storm(const UdpTarget& target) : thread_([this, target] { run(target); }) {}
  ~Storm() {
    stopping_ = true;
    thread_.join();
  }
  Storm(const Storm&) = delete;
  Storm& operator=(const Storm&) = delete;

 private:
  void run(const UdpTarget& target) const {
    std::vector<std::unique_ptr<UdpLoad>>
        clients;                        // kept: another one on a port of theirs would be taken for them
    ::setpriority(PRIO_PROCESS, 0, 5);  // of this thread alone
    try {
      while (!stopping_) {
        clients.push_back(std::make_unique<UdpLoad>(target, entering, 1));
        std::this_thread::sleep_for(pause);
      }
    } catch (const std::exception& error) {
      std::printf("the storm is over: %s\n", error.what());
    }
  }

  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

std::vector<double> delays(const UdpWay& way, const Shape& shape, bool storm) {
  UdpScene scene(way, shape.sessions, shape.bytes, shape.sessions + 5000);
  scene.load().run_open_loop(shape.operations / 10 + 1, interval);
  std::unique_ptr<Storm> coming;
  if (storm)
    coming = std::make_unique<Storm>(UdpTarget{.port = scene.proxy().port(), .sealing = way.sealing});
  auto took = scene.load().run_open_loop(shape.operations, interval);
  std::sort(took.begin(), took.end());
  return {microseconds_of(took[took.size() * 99 / 100]), microseconds_of(took[took.size() / 2])};
}

}  // namespace

void benchmark_storm(const Shape& shape) {
  Comparison comparison("2000 operations/s over UDP while others come in, " + std::to_string(entering * 10) +
                            " a second at most, until the answer",
                        {"p99 us", "p50 us"});
  for (const UdpWay& way : udp_ways(shape.clear, 1)) {
    if (!way.start) continue;
    comparison.add(way.name + ", calm", [&shape, way] { return delays(way, shape, false); });
    comparison.add(way.name + ", storm", [&shape, way] { return delays(way, shape, true); });
  }
  comparison.run(shape.rounds);
  comparison.print();
  comparison.print_difference("gateway, storm", "gateway, calm");
  comparison.print_difference("nginx UDP, storm", "nginx UDP, calm");
}

}  // namespace gateway::test
