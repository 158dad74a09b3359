#include "crypto/powers.h"

#include <algorithm>

#include "crypto/generator_table.h"
#include "crypto/power_table.h"
#include "crypto/scrubbed.h"

namespace gateway::crypto {

namespace {

constexpr Number generator = [] {
  Number number{};
  number.back() = generator_value;
  return number;
}();

Number prime_bytes() {
  Number bytes;
  write_limbs(Field::prime(), bytes);
  return bytes;
}

// base^0 … base^15.
void fill_table(Field& field, const Limbs& base, PowerTable& table) {
  table[0] = Field::one();
  table[1] = base;
  for (std::size_t i = 2; i < table.size(); i += 2) {
    table[i] = table[i / 2];
    field.square(table[i]);
    table[i + 1] = table[i];
    field.multiply(table[i + 1], base);
  }
}

void write_power(Field& field, Limbs& power, Number& out) {
  field.leave(power);
  write_limbs(power, out);
}

}  // namespace

bool is_public_key(const Number& number) {
  static const Number prime = prime_bytes();
  Number most = prime;
  most.back() -= 2;  // the prime ends in FF
  Number least{};
  least.back() = 2;
  return least <= number && number <= most;
}

// Four bits of the exponent at a time, each with the same work: four squares, and a product even by 1.
void power_of(const Number& base, Bytes exponent, Number& out, Multiplier multiplier) {
  Field field(multiplier);
  Scrubbed<PowerTable> table;
  Scrubbed<Limbs> power;
  Scrubbed<Limbs> factor;
  factor.value = limbs_of(base);
  field.enter(factor.value);
  fill_table(field, factor.value, table.value);
  power.value = Field::one();
  for (const std::uint8_t byte : exponent) {
    for (const unsigned shift : {4u, 0u}) {
      for (int i = 0; i < 4; ++i) field.square(power.value);
      read_power(table.value, byte >> shift & 15, factor.value);
      field.multiply(power.value, factor.value);
    }
  }
  write_power(field, power.value, out);
}

void power_of_generator(Bytes exponent, Number& out, Multiplier multiplier) {
  if (exponent.size() > table_exponent_bytes) return power_of(generator, exponent, out, multiplier);
  static const GeneratorTable table;
  Field field(multiplier);
  Scrubbed<Limbs> power;
  table.raise(field, exponent, power.value);
  write_power(field, power.value, out);
}

}  // namespace gateway::crypto
