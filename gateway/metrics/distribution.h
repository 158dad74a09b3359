#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/histogram.h"

namespace gateway::metrics {

/// Histograms of the same buckets, added up.
struct Distribution {
  std::vector<double> bounds;         // seconds, ascending
  std::vector<std::uint64_t> counts;  // of each bucket alone; one more than bounds
  double sum = 0;                     // seconds

  template <const auto& its_bounds>
  void add(const Histogram<its_bounds>& histogram) {
    if (counts.empty()) {
      for (const Duration bound : its_bounds) bounds.push_back(std::chrono::duration<double>(bound).count());
      counts.resize(bounds.size() + 1);
    }
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += histogram.count(i);
    sum += static_cast<double>(histogram.nanoseconds()) / 1e9;
  }
};

}  // namespace gateway::metrics
