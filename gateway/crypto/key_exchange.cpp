#include "crypto/key_exchange.h"

#include <algorithm>
#include <array>

#include <botan/bigint.h>
#include <botan/dl_group.h>
#include <botan/hash.h>
#include <botan/numthry.h>

namespace gateway::crypto {

namespace {

using Botan::BigInt;

// Oakley group 1, RFC 2409 section 6.1: a safe prime of 768 bits.
constexpr std::array<std::uint8_t, public_key_bytes> prime_bytes = {
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xC9, 0x0F, 0xDA, 0xA2, 0x21, 0x68, 0xC2, 0x34,
    0xC4, 0xC6, 0x62, 0x8B, 0x80, 0xDC, 0x1C, 0xD1, 0x29, 0x02, 0x4E, 0x08, 0x8A, 0x67, 0xCC, 0x74,
    0x02, 0x0B, 0xBE, 0xA6, 0x3B, 0x13, 0x9B, 0x22, 0x51, 0x4A, 0x08, 0x79, 0x8E, 0x34, 0x04, 0xDD,
    0xEF, 0x95, 0x19, 0xB3, 0xCD, 0x3A, 0x43, 0x1B, 0x30, 0x2B, 0x0A, 0x6D, 0xF2, 0x5F, 0x14, 0x37,
    0x4F, 0xE1, 0x35, 0x6D, 0x6D, 0x51, 0xC2, 0x45, 0xE4, 0x85, 0xB5, 0x76, 0x62, 0x5E, 0x7E, 0xC6,
    0xF4, 0x4C, 0x42, 0xE9, 0xA6, 0x3A, 0x36, 0x20, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
constexpr std::uint8_t generator = 22;

constexpr std::size_t raw_key_bytes_max = 128;  // leading zeros included
constexpr std::size_t secret_bytes = 24;

// The group with its table of powers of the generator, made at the first use and shared by all threads.
const Botan::DL_Group& group() {
  static const Botan::DL_Group instance = [] {
    const BigInt p(prime_bytes.data(), prime_bytes.size());
    return Botan::DL_Group(p, (p - 1) / 2, BigInt(generator));
  }();
  return instance;
}

// Minimal big-endian. Not BigInt's own encoders: Botan 2 and 3 have no common one that neither deprecates.
Botan::secure_vector<std::uint8_t> to_bytes(const BigInt& number) {
  Botan::secure_vector<std::uint8_t> bytes(number.bytes());
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = number.byte_at(bytes.size() - 1 - i);
  return bytes;
}

Bytes without_leading_zeros(Bytes bytes) {
  const auto first = std::ranges::find_if(bytes, [](std::uint8_t byte) { return byte != 0; });
  return bytes.subspan(static_cast<std::size_t>(first - bytes.begin()));
}

// p is a safe prime: outside of 1 and p − 1 every element generates a large subgroup.
Result<BigInt, KeyError> checked_public_key(Bytes raw) {
  if (raw.empty()) return KeyError::empty;
  if (raw.size() > raw_key_bytes_max) return KeyError::too_long;
  const Bytes key = without_leading_zeros(raw);
  if (key.size() > public_key_bytes) return KeyError::too_long;
  BigInt y(key.data(), key.size());
  if (y < 2 || y > group().get_p() - 2) return KeyError::out_of_range;
  return y;
}

// The hash is over the shared number without leading zeros, as clients take it; a padded one differs once in
// 256.
Key key_from(const BigInt& shared) {
  const auto bytes = to_bytes(shared);
  const auto hash = Botan::HashFunction::create_or_throw("SHA-256");
  hash->update(bytes.data(), bytes.size());
  return hash->final();
}

BigInt power_of_generator(const BigInt& exponent, std::size_t exponent_bits_max) {
  return group().power_g_p(exponent, exponent_bits_max);
}

}  // namespace

std::string_view name(KeyError error) {
  switch (error) {
    case KeyError::empty:
      return "empty";
    case KeyError::too_long:
      return "too_long";
    case KeyError::out_of_range:
      return "out_of_range";
  }
  return "unknown";
}

Result<Exchanged, KeyError> exchange(Bytes client_public_key, Random& random) {
  Botan::secure_vector<std::uint8_t> secret(secret_bytes);
  random.fill(secret);
  secret.front() |=
      0x80;  // a fixed bit length, since the time of an exponentiation tells the length of the exponent
  return exchange_with_secret(client_public_key, secret);
}

Result<Exchanged, KeyError> exchange_with_secret(Bytes client_public_key, Bytes secret) {
  const auto y = checked_public_key(client_public_key);
  if (!y) return y.error();
  const BigInt x(secret.data(), secret.size());
  const BigInt shared = Botan::power_mod(*y, x, group().get_p());
  return Exchanged{key_from(shared), to_bytes(power_of_generator(x, secret.size() * 8))};
}

Botan::secure_vector<std::uint8_t> public_key_of(Bytes secret) {
  return to_bytes(power_of_generator(BigInt(secret.data(), secret.size()), secret.size() * 8));
}

}  // namespace gateway::crypto
