#include "crypto/power_table.h"

#include <cstring>

namespace gateway::crypto {

void read_power(const PowerTable& table, std::uint64_t index, Limbs& power) {
  // Two limbs at a time, in registers.
  using Pair = std::uint64_t __attribute__((vector_size(16)));
  constexpr std::size_t pairs = number_limbs / 2;
  Pair sum[pairs] = {};
  for (std::uint64_t i = 0; i < table.size(); ++i) {
    const std::uint64_t mask = 0 - (((i ^ index) - 1) >> 63);  // all ones for the one that is meant
#pragma GCC unroll 6
    for (std::size_t at = 0; at < pairs; ++at) {
      Pair pair;
      std::memcpy(&pair, &table[i][2 * at], sizeof pair);
      sum[at] |= pair & Pair{mask, mask};
    }
  }
  std::memcpy(power.data(), sum, sizeof sum);
}

}  // namespace gateway::crypto
