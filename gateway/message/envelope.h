#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace gateway::message {

/// Message types, the low 7 bits of the second byte. Source: README.md, "Envelope".
enum class Type : std::uint8_t {
  init = 0,
  init_response = 1,
  request = 2,
  response = 3,
  event = 4,
  disconnect = 5,
  internal_request = 6,
  internal_response = 7,
  message = 8,
  raw = 9,
};

inline constexpr std::uint8_t magic = 0xF3;
inline constexpr std::uint8_t magic_alternative = 0xFD;  // accepted by every client, never seen sent
inline constexpr std::uint8_t encrypted_bit = 0x80;
inline constexpr std::size_t envelope_bytes = 2;

/// One message: two clear bytes and a body, which is ciphertext when `encrypted`.
struct Envelope {
  std::uint8_t first = magic;
  Type type = Type::raw;  // any 7-bit value; unknown ones are kept
  bool encrypted = false;
  Bytes body;

  /// Operation or event code: the first byte of the body in both serializations.
  std::optional<std::uint8_t> code() const {
    if (body.empty()) return std::nullopt;
    return body.front();
  }
};

/// Empty when the bytes are no message: shorter than two, or another first byte than F3 or FD.
std::optional<Envelope> parse_envelope(Bytes bytes);

}  // namespace gateway::message
