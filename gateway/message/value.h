#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "message/error.h"
#include "message/init.h"

namespace gateway::message {

inline constexpr std::size_t depth_max = 32;  // nested values; deeper is refused, not followed

/// Moves `in` behind the next typed value (type byte included), whatever its type, in work proportional to
/// its bytes. Errors: truncated, unknown_type, too_deep; `in` is then somewhere inside the value.
Result<void> skip_value(ByteReader& in, Serialization serialization);

/// Number of parameters, which follows the code of a request or event and the text of a response.
Result<std::size_t> read_parameter_count(ByteReader& in, Serialization serialization);

/// Finds a parameter in the body of a request, an event (types 2, 4, 6: code, then parameters) and gives its
/// typed value, type byte included. A repeated key: the last one counts. Errors: missing_parameter and those
/// of skip_value.
Result<Bytes> find_parameter(Bytes body, Serialization serialization, std::uint8_t key);

/// True when such a body can be walked to its end and has a parameter that isn't empty; of a repeated key
/// each one, as readers differ in which of them counts.
bool has_parameter(Bytes body, Serialization serialization, std::uint8_t key);

/// True for a typed value that is null, or a string or byte array without content: servers take both for
/// none.
bool is_empty(Bytes value, Serialization serialization);
/// A typed value as a byte; short forms of zero included. Errors: wrong_type, truncated.
Result<std::uint8_t> as_byte(Bytes value, Serialization serialization);
/// A typed value as a byte array: a view of its bytes. Errors: wrong_type, truncated.
Result<Bytes> as_byte_array(Bytes value, Serialization serialization);

}  // namespace gateway::message
