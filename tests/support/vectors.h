#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "base/bytes.h"

namespace gateway::test {

/// The bytes of a hex string; blanks are skipped. Throws std::invalid_argument on anything else that is no
/// hex digit and on half a byte.
std::vector<std::uint8_t> from_hex(std::string_view hex);
/// Lower-case hex of the bytes, for comparisons that should read well when they fail.
std::string to_hex(Bytes bytes);

/// Full path of a file below tests/data.
std::string data_path(std::string_view name);

/// Parsed JSON of tests/data/vectors/<name>. Throws when the file is missing or malformed.
boost::json::value load_vectors(std::string_view name);

/// One vector of a file that is a list of {what, hex, …}.
struct Vector {
  std::string what;
  std::vector<std::uint8_t> bytes;
  boost::json::object fields;  // everything the entry says
};
std::vector<Vector> load_vector_list(std::string_view name);

}  // namespace gateway::test
