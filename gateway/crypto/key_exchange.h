#pragma once

#include <cstdint>
#include <string_view>

#include <botan/secmem.h>

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"

namespace gateway::crypto {

/// Why a client's public key was refused. name() is the log word.
enum class KeyError : std::uint8_t { empty, too_long, out_of_range };

std::string_view name(KeyError error);

inline constexpr std::size_t public_key_bytes = 96;  // of the 768-bit group, at most
inline constexpr std::size_t key_bytes = 32;         // AES-256

/// 32 bytes in wiped memory; never logged, compared only in constant time.
using Key = Botan::secure_vector<std::uint8_t>;

/// What one exchange gives the server side: the key both share and the public key to send back (minimal
/// big-endian).
struct Exchanged {
  Key key;
  Botan::secure_vector<std::uint8_t> public_key;
};

/// One Diffie-Hellman exchange in the server's part, over Oakley group 1 with generator 22: checks the
/// client's public key (2 ≤ y ≤ p − 2, at most 128 bytes raw and 96 without leading zeros), draws a fresh
/// secret of 192 bits from `random` and wipes it. Source: gateway/message/README.md, "Key exchange".
Result<Exchanged, KeyError> exchange(Bytes client_public_key, Random& random);

/// The same with a given secret: for tests and recordings.
Result<Exchanged, KeyError> exchange_with_secret(Bytes client_public_key, Bytes secret);

/// 22^secret mod p, minimal big-endian: the public half, for tests and for a client's side.
Botan::secure_vector<std::uint8_t> public_key_of(Bytes secret);

}  // namespace gateway::crypto
