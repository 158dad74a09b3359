#include "crypto/key_exchange.h"

#include <algorithm>

#include <botan/bigint.h>
#include <botan/hash.h>

#include "crypto/powers.h"

namespace gateway::crypto {

namespace {

using Botan::BigInt;

constexpr std::size_t raw_key_bytes_max = 128;  // leading zeros included
constexpr std::size_t secret_bytes = 24;

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
  if (y < 2 || y > group_prime() - 2) return KeyError::out_of_range;
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
  const BigInt shared = power_of(*y, x);
  return Exchanged{key_from(shared), to_bytes(power_of_generator(x, secret.size() * 8))};
}

Botan::secure_vector<std::uint8_t> public_key_of(Bytes secret) {
  return to_bytes(power_of_generator(BigInt(secret.data(), secret.size()), secret.size() * 8));
}

}  // namespace gateway::crypto
