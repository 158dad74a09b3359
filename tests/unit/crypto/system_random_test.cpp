#include "crypto/system_random.h"

#include <array>
#include <cstdint>

#include <gtest/gtest.h>

namespace gateway::crypto {
namespace {

TEST(SystemRandom, FillsTheWholeBufferDifferentlyEachTime) {
  SystemRandom random;
  std::array<std::uint8_t, 64> first{};
  std::array<std::uint8_t, 64> second{};
  random.fill(first);
  random.fill(second);
  EXPECT_NE(first, second);
  const std::array<std::uint8_t, 32> zeros{};
  EXPECT_FALSE(std::equal(zeros.begin(), zeros.end(), first.begin() + 32));
}

TEST(SystemRandom, TakesAnEmptyBuffer) {
  SystemRandom random;
  random.fill({});
  EXPECT_NE(random.u32(), random.u32());
}

}  // namespace
}  // namespace gateway::crypto
