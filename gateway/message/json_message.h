#pragma once

#include <bitset>
#include <cstdint>
#include <string_view>

#include "message/error.h"

namespace gateway::message {

/// What an object in JSON mode says about itself. Source: README.md, "JSON units".
struct JsonMessage {
  enum class Kind : std::uint8_t { request, response, event, internal_request, internal_response };
  Kind kind = Kind::request;
  std::uint8_t code = 0;        // operation or event
  std::bitset<256> parameters;  // those it has, and that aren't null or empty
};

/// Reads the payload of a unit: ~j~ and an object. It allocates nothing. Readers of JSON differ, so what one
/// of them could read in another way is an error (malformed_json): other JSON than the standard's, nested
/// deeper than depth_max, more than one kind, code or `vals`, a code that is no whole number of 0 to 255.
/// Letters of a key match in either case.
Result<JsonMessage> parse_json_message(std::string_view payload);

}  // namespace gateway::message
