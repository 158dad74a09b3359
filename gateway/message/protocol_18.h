#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "message/error.h"

namespace gateway::message::protocol_18 {

/// Moves behind one typed value of serialization 1.8. Errors as skip_value. Source: README.md,
/// "Serialization 1.8".
Result<void> skip_value(ByteReader& in);

/// Number of parameters, which follows the code of a request or event.
Result<std::size_t> read_parameter_count(ByteReader& in);

Result<std::uint8_t> as_byte(Bytes value);
Result<Bytes> as_byte_array(Bytes value);

/// Writes a null for an empty text.
void write_text(ByteWriter& out, std::string_view text);
void write_byte_array(ByteWriter& out, Bytes bytes);

}  // namespace gateway::message::protocol_18
