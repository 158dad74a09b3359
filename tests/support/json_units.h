#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gateway::test {

/// One unit of the JSON mode: ~m~LEN~m~ and the payload, where LEN counts UTF-16 units as JavaScript does.
std::string write_unit(std::string_view payload);
/// The payloads of a text message, which holds one unit or more; empty when it is anything else.
std::optional<std::vector<std::string>> read_units(std::string_view text);

/// What an object's payload begins with; a payload without it is a bare session id.
inline constexpr std::string_view json_mark = "~j~";

}  // namespace gateway::test
