#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "message/envelope.h"
#include "message/error.h"
#include "message/init.h"

namespace gateway::message {

/// Internal operation 0, by which a client asks for a key. Source: README.md, "Key exchange".
struct KeyExchangeRequest {
  Bytes client_key;       // unsigned big-endian, as sent
  std::uint8_t mode = 0;  // 0 = AES-256-CBC; nothing else is answered
};

inline bool is_key_exchange(const Envelope& envelope) {
  return envelope.type == Type::internal_request && envelope.code() == std::uint8_t{0};
}

/// Reads the clear body of a key exchange. Errors: missing_parameter, wrong_type and those of skip_value.
Result<KeyExchangeRequest> parse_key_exchange(Bytes body, Serialization serialization);

/// Writes the whole message (F3 07 …) that grants a key; `out` has room for 128 bytes more than the key.
void write_key_exchange_granted(ByteWriter& out, Serialization serialization, Bytes server_key);
/// Writes the whole message that refuses one: return code −1 and a text.
void write_key_exchange_refused(ByteWriter& out, Serialization serialization, std::string_view text);

/// Writes a whole operation response without parameters: type 3 or 7, code, return code and a text (empty =
/// null).
void write_response(ByteWriter& out, Serialization serialization, Type type, std::uint8_t code,
                    std::int16_t return_code, std::string_view text);

}  // namespace gateway::message
