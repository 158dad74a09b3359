#pragma once

#include <array>
#include <cstdint>

#include "crypto/field_rows.h"

namespace gateway::crypto {

/// Sixteen numbers, of which four bits of an exponent choose one.
using PowerTable = std::array<Limbs, 16>;

/// power = table[index]. Reads the whole table, so that the cache doesn't tell which.
void read_power(const PowerTable& table, std::uint64_t index, Limbs& power);

}  // namespace gateway::crypto
