#include "crypto/generator_table.h"

#include "crypto/scrubbed.h"

namespace gateway::crypto {

namespace {

using Exponent = std::array<std::uint64_t, 3>;  // the least significant limb first

void read_exponent(Bytes bytes, Exponent& exponent) {
  exponent.fill(0);
  for (std::size_t i = 0; i < bytes.size(); ++i)
    exponent[i / 8] |= std::uint64_t{bytes[bytes.size() - 1 - i]} << (i % 8 * 8);
}

std::uint64_t bit_of(const Exponent& exponent, std::size_t bit) {
  return exponent[bit / 64] >> (bit % 64) & 1;
}

}  // namespace

GeneratorTable::GeneratorTable() : tables_{} {
  Field field;
  Limbs power{generator_value};
  field.enter(power);
  for (auto& table : tables_) table[0] = Field::one();
  for (std::size_t bit = 0; bit < exponent_bits; ++bit, field.square(power)) {
    if (bit % steps != 0) continue;
    PowerTable& table = tables_[bit % tooth_bits / steps];
    const std::size_t half = std::size_t{1} << (bit / tooth_bits);
    for (std::size_t i = 0; i < half; ++i) {
      table[half + i] = table[i];
      field.multiply(table[half + i], power);
    }
  }
}

void GeneratorTable::raise(Field& field, Bytes exponent_bytes, Limbs& power) const {
  Scrubbed<Exponent> exponent;
  Scrubbed<Limbs> factor;
  read_exponent(exponent_bytes, exponent.value);
  power = Field::one();
  for (std::size_t step = steps; step-- > 0;) {
    field.square(power);
    for (std::size_t column = 0; column < columns; ++column) {
      std::uint64_t index = 0;
      for (std::size_t tooth = 0; tooth < teeth; ++tooth)
        index |= bit_of(exponent.value, tooth * tooth_bits + column * steps + step) << tooth;
      read_power(tables_[column], index, factor.value);
      field.multiply(power, factor.value);
    }
  }
}

}  // namespace gateway::crypto
