#pragma once

#include <cstdint>
#include <string>

#include "support/environment.h"
#include "support/process.h"
#include "support/programs.h"

namespace gateway::test {

/// Which seeds a simulation runs: GATEWAY_SEED is the first (default 1), GATEWAY_SEEDS how many.
struct Seeds {
  std::uint64_t first = 1;
  std::uint64_t count = 0;
};

inline Seeds seeds(std::uint64_t count) {
  return {number_in_environment("GATEWAY_SEED", 1), number_in_environment("GATEWAY_SEEDS", count)};
}

/// How to run one seed again.
inline std::string replay(std::uint64_t seed, const std::string& test) {
  return "seed " + std::to_string(seed) + "; to replay it: GATEWAY_SEED=" + std::to_string(seed) +
         " GATEWAY_SEEDS=1 " + this_program().string() + " --gtest_filter=" + test;
}

}  // namespace gateway::test
