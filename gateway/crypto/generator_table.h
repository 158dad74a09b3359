#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "crypto/field.h"
#include "crypto/power_table.h"

namespace gateway::crypto {

inline constexpr std::uint8_t generator_value = 22;

/// A comb (Lim and Lee, 1994) for powers of the generator. An exponent of 192 bits is cut into 4 × `columns`
/// pieces of `steps` bits. A step takes one bit of each piece: the four pieces of a column choose a number of
/// the column's table, a product of 22^(2^n), and these are multiplied. That leaves `steps` squares instead
/// of 192.
class GeneratorTable {
 public:
  /// Takes about as long as one exchange of keys.
  GeneratorTable();

  /// power = 22^exponent in Montgomery form; the exponent is big-endian and has at most 24 bytes.
  void raise(Field& field, Bytes exponent, Limbs& power) const;

 private:
  static constexpr std::size_t exponent_bits = 192;
  static constexpr std::size_t teeth = 4;
  static constexpr std::size_t columns = 8;
  static constexpr std::size_t steps = exponent_bits / (teeth * columns);
  static constexpr std::size_t tooth_bits = exponent_bits / teeth;

  std::array<PowerTable, columns> tables_;
};

}  // namespace gateway::crypto
