#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "base/bytes.h"

namespace gateway::fuzz {

/// Inputs to begin with, in the format that the target reads. Every target defines it; run.sh has them
/// written.
std::vector<std::vector<std::uint8_t>> seeds();

/// What must hold for every input; otherwise libFuzzer keeps the input and stops.
inline void check(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace gateway::fuzz

/// libFuzzer's entry; every target defines it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
