#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "message/envelope.h"
#include "message/error.h"
#include "message/init.h"

namespace gateway::message {

/// Parameters that hold a secret wherever they stand: 221 (token or secret), 216 and 214 (what a client
/// authenticates with), 192 (the key that AuthenticateOnce hands out).
bool is_secret(std::uint8_t key);

/// Appends what a clear request, response or event says as members of a JSON object, each with a comma before
/// it: `,"code":230,"parameters":{"220":"1.0","221":"redacted"}`, and of a response `return_code` and `text`.
/// Secrets are left out at any depth: in nested messages, and in tables by a key that is the number or its
/// digits. Long texts are cut, byte arrays told by their size and beginning. Allocates.
///
/// Errors: those of skip_value; too_long where it would take more than transcript_max bytes; wrong_type for
/// other types of message. `out` is then as it was: what can't be read to its end may be a secret.
Result<void> append_transcript(std::string& out, const Envelope& message, Serialization serialization);

inline constexpr std::size_t transcript_max = 16 * std::size_t{1024};
inline constexpr std::size_t transcript_text_max = 256;  // bytes of one text
inline constexpr std::size_t transcript_bytes_max = 32;  // of one byte array

}  // namespace gateway::message
