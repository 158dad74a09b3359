#include "crypto/key_exchange.h"

#include <algorithm>

#include <botan/hash.h>

#include "crypto/powers.h"
#include "crypto/scrubbed.h"

namespace gateway::crypto {

namespace {

constexpr std::size_t raw_key_bytes_max = 128;  // leading zeros included
constexpr std::size_t secret_bytes = 24;
static_assert(secret_bytes <= table_exponent_bytes && public_key_bytes == number_bytes);

Bytes without_leading_zeros(Bytes bytes) {
  const auto first = std::ranges::find_if(bytes, [](std::uint8_t byte) { return byte != 0; });
  return bytes.subspan(static_cast<std::size_t>(first - bytes.begin()));
}

// p is a safe prime: outside of 1 and p − 1 every element generates a large subgroup.
Result<Number, KeyError> checked_public_key(Bytes raw) {
  if (raw.empty()) return KeyError::empty;
  if (raw.size() > raw_key_bytes_max) return KeyError::too_long;
  const Bytes key = without_leading_zeros(raw);
  if (key.size() > public_key_bytes) return KeyError::too_long;
  Number number{};
  std::ranges::copy(key, number.end() - static_cast<std::ptrdiff_t>(key.size()));
  if (!is_public_key(number)) return KeyError::out_of_range;
  return number;
}

// The hash is over the shared number without leading zeros, as clients take it; a padded one differs once in
// 256.
Key key_from(const Number& shared) {
  const Bytes bytes = without_leading_zeros(shared);
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
  return exchange_with_secret(client_public_key, secret);
}

Result<Exchanged, KeyError> exchange_with_secret(Bytes client_public_key, Bytes secret) {
  const auto y = checked_public_key(client_public_key);
  if (!y) return y.error();
  Scrubbed<Number> shared;
  power_of(*y, secret, shared.value);
  return Exchanged{key_from(shared.value), public_key_of(secret)};
}

Botan::secure_vector<std::uint8_t> public_key_of(Bytes secret) {
  Number power;
  power_of_generator(secret, power);
  const Bytes bytes = without_leading_zeros(power);
  return {bytes.begin(), bytes.end()};
}

}  // namespace gateway::crypto
