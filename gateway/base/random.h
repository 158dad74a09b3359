#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"

namespace gateway {

/// Source of entropy. The product passes crypto::SystemRandom; tests pass a seeded one, so that a run
/// repeats.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(MutableBytes out) = 0;

  std::uint32_t u32() {
    std::array<std::uint8_t, 4> bytes{};
    fill(bytes);
    return ByteReader(bytes).u32();
  }
};

}  // namespace gateway
