#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <sched.h>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/time.h"

namespace gateway::test {

/// Client, proxy and server share one core, so that no idle or wake-up cost leaks in. To be called before
/// any of them starts.
inline void pin_to_one_core() {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(0, &set);
  sched_setaffinity(0, sizeof set, &set);
  sched_param parameters{};
  sched_setscheduler(0, SCHED_BATCH, &parameters);
}

inline double microseconds_of(Duration duration) {
  return std::chrono::duration<double, std::micro>(duration).count();
}

/// What several rounds gave.
struct Spread {
  double median = 0;
  double min = 0;
  double max = 0;
};

/// `values` isn't empty.
inline Spread spread_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return {values[values.size() / 2], values.front(), values.back()};
}

/// The numbers of a command line, each with a default; throws `usage` when one is no number from 1 to its
/// maximum.
class Arguments {
 public:
  Arguments(int count, char** arguments, const char* usage)
      : count_(count), arguments_(arguments), usage_(usage) {}

  std::size_t number(int index, std::size_t otherwise, std::size_t max = 1'000'000'000) const {
    const std::size_t value = count_ > index ? std::strtoull(arguments_[index], nullptr, 10) : otherwise;
    if (value >= 1 && value <= max) return value;
    throw std::runtime_error(std::string("usage: ") + usage_);
  }
  std::string text(int index) const { return count_ > index ? arguments_[index] : ""; }

 private:
  int count_;
  char** arguments_;
  const char* usage_;
};

/// Runs a benchmark to its exit status. An exception ends it with a sentence, and with every process it
/// started: std::exit() would leave those behind.
template <class Benchmark>
int run_benchmark(Benchmark&& benchmark) {
  try {
    benchmark();
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}

}  // namespace gateway::test
