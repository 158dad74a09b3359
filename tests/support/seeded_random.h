#pragma once

#include <cstdint>
#include <random>

#include "base/random.h"

namespace gateway::test {

/// Random bytes that repeat with the seed. Never for the product.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
  void fill(MutableBytes out) override {
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(engine_() >> 24);
  }

  /// Uniform in [0, 1).
  double unit() { return static_cast<double>(engine_() >> 11) / 9007199254740992.0; }
  bool chance(double probability) { return unit() < probability; }
  /// Uniform in [first, last].
  std::uint64_t between(std::uint64_t first, std::uint64_t last) {
    return first + engine_() % (last - first + 1);
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace gateway::test
