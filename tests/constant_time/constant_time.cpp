// Runs what handles secrets with the secrets marked as undefined: under valgrind's memcheck, a branch or an
// index that depends on them is an error. run.sh knows what each subject must give.

#include <array>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string_view>
#include <valgrind/memcheck.h>

#include <botan/bigint.h>

#include "crypto/cipher.h"
#include "crypto/padding.h"
#include "crypto/powers.h"

namespace gateway::crypto {
namespace {

using Botan::BigInt;
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

/// 192 bits of which the first word is known: it tells how long the exponent is, which isn't secret (all have
/// 192 bits).
BigInt poisoned_exponent() {
  std::array<std::uint8_t, 24> secret{};
  for (std::size_t i = 0; i < secret.size(); ++i) secret[i] = static_cast<std::uint8_t>(0x80 + i * 37);
  const auto unknown = std::span(secret).subspan(sizeof(Botan::word));
  poison(unknown);
  return {secret.data(), secret.size()};
}

// The powers themselves aren't looked at: what follows on them is no exponentiation.
bool computes_power_of_generator() {
  const BigInt exponent = poisoned_exponent();
  return power_of_generator(exponent, 192).size() > 0;
}

bool computes_power() {
  const BigInt base = group_prime() / 3;
  const BigInt exponent = poisoned_exponent();
  return power_of(base, exponent).size() > 0;
}

/// How it must not be done.
bool computes_power_branching() {
  const BigInt exponent = poisoned_exponent();
  BigInt power = 1;
  for (std::size_t bit = 192; bit-- > 0;) {
    power = power * power % group_prime();
    if (exponent.get_bit(bit)) power = power * 22 % group_prime();
  }
  return power.size() > 0;
}

bool run(std::string_view subject) {
  if (subject == "padding") return checks_padding(padding_of);
  if (subject == "padding-branching") return checks_padding(branching_padding_of);
  if (subject == "power-of-generator") return computes_power_of_generator();
  if (subject == "power") return computes_power();
  if (subject == "power-branching") return computes_power_branching();
  std::fprintf(stderr, "no such subject\n");
  return false;
}

}  // namespace
}  // namespace gateway::crypto

int main(int count, char** arguments) {
  return count == 2 && gateway::crypto::run(arguments[1]) ? 0 : 1;
}
