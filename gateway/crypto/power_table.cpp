#include "crypto/power_table.h"

#include <cstring>

namespace gateway::crypto {

void read_power(const PowerTable& table, std::uint64_t index, Limbs& power) {
  // Two limbs at a time, in registers. Comparing vectors gives all ones for the entry that is meant.
  using Pair = std::uint32_t __attribute__((vector_size(16)));
  constexpr std::size_t pairs = number_limbs / 2;
  const auto wanted = static_cast<std::uint32_t>(index);
  const Pair indices = {wanted, wanted, wanted, wanted};
  Pair here = {};
  Pair sum[pairs] = {};
  for (const Limbs& entry : table) {
    const auto mask = here == indices;
#pragma GCC unroll 6
    for (std::size_t at = 0; at < pairs; ++at) {
      Pair pair;
      std::memcpy(&pair, &entry[2 * at], sizeof pair);
      sum[at] |= pair & reinterpret_cast<const Pair&>(mask);
    }
    here += 1;
  }
  std::memcpy(power.data(), sum, sizeof sum);
}

}  // namespace gateway::crypto
