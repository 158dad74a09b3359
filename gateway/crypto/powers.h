#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "crypto/field.h"

namespace gateway::crypto {

inline constexpr std::size_t number_bytes = 96;  // 768 bits

/// A number of the protocol's group: big-endian, with its leading zeros.
using Number = std::array<std::uint8_t, number_bytes>;

/// Exponents up to this length have a table of the generator's powers; longer ones cost twice as much.
inline constexpr std::size_t table_exponent_bytes = 24;

/// 2 ≤ number ≤ p − 2: what may be a public key. Public keys aren't secret.
bool is_public_key(const Number& number);

/// base^exponent and 22^exponent modulo the prime. The exponent is big-endian. No branch and no index depends
/// on its value or on the base's, only on its length; tests/constant_time checks it. Nothing secret is left
/// behind but the result.
void power_of(const Number& base, Bytes exponent, Number& power, Multiplier = best_multiplier());
void power_of_generator(Bytes exponent, Number& power, Multiplier = best_multiplier());

}  // namespace gateway::crypto
