#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "message/error.h"

namespace gateway::message::protocol_16 {

/// Moves behind one typed value of serialization 1.6. Errors as skip_value. Source: README.md,
/// "Serialization 1.6".
Result<void> skip_value(ByteReader& in);

/// Number of parameters, which follows the code of a request or event and the text of a response.
Result<std::size_t> read_parameter_count(ByteReader& in);

bool is_empty(Bytes value);
Result<std::uint8_t> as_byte(Bytes value);
Result<Bytes> as_byte_array(Bytes value);

/// Moves behind the head of a string (`73`), or a string array in either form (`61`, `79 … 73`)
/// and gives the number of texts that follow. Empty for any other value; `in` stays where it was.
std::optional<std::size_t> open_texts(ByteReader& in);
/// One of these texts, its length first.
Bytes read_text(ByteReader& in);
void write_text_length(ByteWriter& out, std::size_t size);

/// Writes a null for an empty text.
void write_text(ByteWriter& out, std::string_view text);
void write_byte_array(ByteWriter& out, Bytes bytes);

}  // namespace gateway::message::protocol_16
