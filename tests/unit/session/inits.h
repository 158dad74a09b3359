#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

namespace gateway::session {

using Text = std::vector<std::uint8_t>;

/// The binary Init of a 4.1 client, serialization 1.6.
inline Text init_16() {
  Text init(41, 0);
  std::ranges::copy(Text{0xF3, 0x00, 0x01, 0x06, 0x1E, 0x41, 0x08, 0x03}, init.begin());
  return init;
}

/// The Init in text form, with a token.
inline Text init_with_token() {
  constexpr std::string_view text =
      "POST /?init=&app=a&clientversion=4.1.6.17&protocol=GpBinaryV16&sid=30& HTTP/1.1\r\n\r\ns\0\1x";
  return {text.begin(), text.end()};
}

}  // namespace gateway::session
