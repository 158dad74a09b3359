#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace gateway::session {

/// The beginning of a peer's text for the log: its bytes must not be able to forge lines or fields.
inline std::string printable(std::string_view text, std::size_t size_max) {
  std::string result(text.substr(0, size_max));
  std::ranges::replace_if(
      result, [](char c) { return c < ' ' || c > '~' || c == '"' || c == '\\'; }, '?');
  return result;
}

}  // namespace gateway::session
