#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <botan/bigint.h>
#include <botan/dl_group.h>
#include <botan/numthry.h>

#include "base/bytes.h"

namespace gateway::test {

/// The protocol's group by Botan alone: what crypto/powers.h is compared with.
class BotanPowers {
 public:
  BotanPowers() : group_(p_, (p_ - 1) / 2, 22) {}

  const Botan::BigInt& prime() const { return p_; }

  /// Modulo the prime, by 2^768 ≡ 2^768 − p. Not by Botan's operator%: that of 2.19 doesn't come to an end
  /// for some multiples of primes that begin with 64 ones.
  Botan::BigInt reduced(Botan::BigInt number) const {
    const Botan::BigInt rest = Botan::BigInt::power_of_2(768) - p_;
    while (number.bits() > 768) {
      const Botan::BigInt above = number >> 768;
      number.mask_bits(768);
      number += above * rest;
    }
    return number < p_ ? number : number - p_;
  }

  Botan::BigInt power_of(const Botan::BigInt& base, const Botan::BigInt& exponent) const {
    return Botan::power_mod(base, exponent, p_);
  }
  Botan::BigInt power_of_generator(const Botan::BigInt& exponent, std::size_t exponent_bits_max) const {
    return group_.power_g_p(exponent, exponent_bits_max);
  }

 private:
  // RFC 2409, section 6.1.
  const Botan::BigInt p_{
      "0xFFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
      "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A63A3620FFFFFFFFFFFFFFFF"};
  const Botan::DL_Group group_;
};

inline Botan::BigInt number_of(Bytes bytes) {
  return {bytes.data(), bytes.size()};
}

/// Big-endian, with as many leading zeros as `size` asks for.
inline std::vector<std::uint8_t> bytes_of(const Botan::BigInt& number, std::size_t size) {
  std::vector<std::uint8_t> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = number.byte_at(size - 1 - i);
  return bytes;
}

}  // namespace gateway::test
