#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace gateway::message {

/// Why a body was not understood. name() is the log word and the `reason` label.
enum class Error : std::uint8_t {
  truncated,          // ends inside a field, or a length or count is negative or larger than the rest
  unknown_type,       // a value type we don't know the length of
  too_deep,           // nested beyond depth_max
  not_init,           // a first message that is no Init in any form
  serialization,      // an Init that names a serialization other than 1.6 and 1.8
  missing_parameter,  // the parameter asked for isn't there
  wrong_type,         // it is there with another type
  too_long,           // what was to be written exceeds its length or the room there is
  malformed_json,     // no object of the JSON mode, or one that readers could understand differently
};

std::string_view name(Error error);

template <class T>
using Result = gateway::Result<T, Error>;

}  // namespace gateway::message
