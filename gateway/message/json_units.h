#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace gateway::message {

/// What the payload of a JSON object begins with; a payload without it is a server's session id.
inline constexpr std::string_view json_mark = "~j~";

/// One unit of a message in JSON mode: ~m~LENGTH~m~ and a payload. Both are views into the message.
struct JsonUnit {
  std::string_view whole;
  std::string_view payload;
};

/// Takes a message apart into its units, one after another. LENGTH counts UTF-16 units, as JavaScript and C#
/// do. Source: README.md, "JSON units".
class JsonUnits {
 public:
  explicit JsonUnits(std::string_view message) : rest_(message) {}

  /// The next unit; empty behind the last one, and where what follows is none.
  std::optional<JsonUnit> next();
  /// What wasn't taken: after the last unit nothing, if the message was units to its end.
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

/// How many UTF-16 units `text` has; empty when it isn't UTF-8.
std::optional<std::size_t> utf16_length(std::string_view text);

/// The payload of a response without parameters; `text` needs no escapes.
std::string json_response(std::uint8_t operation, std::int16_t error, std::string_view text);

/// Writes a unit of `payload`. False when it doesn't fit or isn't UTF-8.
bool write_json_unit(ByteWriter& out, std::string_view payload);

}  // namespace gateway::message
