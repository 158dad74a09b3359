// Runs what handles secrets with the secrets marked as undefined: under valgrind's memcheck, a branch or an
// index that depends on them is an error. run.sh knows what each subject must give.

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <string_view>
#include <valgrind/memcheck.h>

#include "crypto/cipher.h"
#include "crypto/field.h"
#include "crypto/padding.h"
#include "crypto/power_table.h"
#include "crypto/powers.h"

namespace gateway::crypto {
namespace {

using LastBlock = std::array<std::uint8_t, block_bytes>;

template <class T>
void poison(const T& bytes) {
  VALGRIND_MAKE_MEM_UNDEFINED(bytes.data(), bytes.size());
}
template <class T>
T& declassify(T& value) {
  VALGRIND_MAKE_MEM_DEFINED(&value, sizeof value);
  return value;
}

/// Blocks with every length of padding, right and wrong at each place.
template <class Check>
bool checks_padding(Check padding_of_block) {
  bool right = true;
  for (unsigned padding = 0; padding < 256; ++padding) {
    for (std::size_t wrong_at = 0; wrong_at <= block_bytes; ++wrong_at) {
      LastBlock block;
      block.fill(static_cast<std::uint8_t>(padding));
      if (wrong_at < block_bytes - 1) block[wrong_at] ^= 1;
      const bool covers = wrong_at < block_bytes - 1 && wrong_at + padding >= block_bytes;
      const bool valid = padding >= 1 && padding <= block_bytes && !covers;
      poison(block);
      std::size_t length = padding_of_block(block);
      right = right && declassify(length) == (valid ? padding : 0);
    }
  }
  return right;
}

/// How it must not be done.
std::size_t branching_padding_of(Bytes last_block) {
  const std::uint8_t padding = last_block.back();
  if (padding < 1 || padding > block_bytes) return 0;
  for (std::size_t i = 0; i < padding; ++i) {
    if (last_block[block_bytes - 1 - i] != padding) return 0;
  }
  return padding;
}

using Secret = std::array<std::uint8_t, 24>;

Secret known_secret() {
  Secret secret{};
  for (std::size_t i = 0; i < secret.size(); ++i) secret[i] = static_cast<std::uint8_t>(0x80 + i * 37);
  return secret;
}

Secret poisoned_secret() {
  Secret secret = known_secret();
  poison(secret);
  return secret;
}

Number some_base() {
  Number base;
  base.fill(0x5A);
  return base;
}

/// Whether valgrind takes every byte for secret; otherwise it lost track of where it came from.
bool is_secret(const Number& number) {
  Number unknown_bits;
  if (VALGRIND_GET_VBITS(number.data(), unknown_bits.data(), number.size()) != 1) return false;
  return std::ranges::none_of(unknown_bits, [](std::uint8_t bits) { return bits == 0; });
}

/// `power` of the poisoned secret is secret, and that of the same one known.
template <class Power>
bool computes(Power power) {
  Number computed;
  Number expected;
  power(poisoned_secret(), computed);
  power(known_secret(), expected);
  return is_secret(computed) && declassify(computed) == declassify(expected);
}

bool computes_power_of_generator(Multiplier multiplier) {
  return computes([&](Bytes secret, Number& power) { power_of_generator(secret, power, multiplier); });
}

/// Of a base that is secret, too: more than is needed.
bool computes_power(Multiplier multiplier) {
  Number base = some_base();
  poison(base);
  return computes([&](Bytes secret, Number& power) { power_of(base, secret, power, multiplier); });
}

/// How it must not be done.
bool computes_power_branching() {
  return computes([](Bytes secret, Number& out) {
    Field field;
    Limbs base = limbs_of(some_base());
    field.enter(base);
    Limbs power = Field::one();
    for (std::size_t bit = 0; bit < secret.size() * 8; ++bit) {
      field.square(power);
      if ((secret[bit / 8] >> (7 - bit % 8) & 1) != 0) field.multiply(power, base);
    }
    field.leave(power);
    write_limbs(power, out);
  });
}

/// Nor so.
bool computes_power_by_index() {
  return computes([](Bytes secret, Number& out) {
    PowerTable table{};
    asm volatile("" : : "r"(&table) : "memory");  // or the compiler knows what it would read
    Limbs sum{};
    for (const std::uint8_t byte : secret) sum[0] += table[byte & 15][0];
    write_limbs(sum, out);
  });
}

bool run(std::string_view subject) {
  if (subject == "padding") return checks_padding(padding_of);
  if (subject == "padding-branching") return checks_padding(branching_padding_of);
  if (subject == "power-of-generator-adx") return computes_power_of_generator(Multiplier::adx);
  if (subject == "power-of-generator-portable") return computes_power_of_generator(Multiplier::portable);
  if (subject == "power-adx") return computes_power(Multiplier::adx);
  if (subject == "power-portable") return computes_power(Multiplier::portable);
  if (subject == "power-branching") return computes_power_branching();
  if (subject == "power-by-index") return computes_power_by_index();
  std::fprintf(stderr, "no such subject\n");
  return false;
}

}  // namespace
}  // namespace gateway::crypto

int main(int count, char** arguments) {
  return count == 2 && gateway::crypto::run(arguments[1]) ? 0 : 1;
}
