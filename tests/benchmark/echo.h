#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "message/envelope.h"

namespace gateway::test {

/// Client and server of a benchmark send nothing twice only because a busy machine answers late: with
/// thousands of sessions that would feed on itself.
inline constexpr Duration ends_resend_after = seconds(2);

/// Appends what an echo server answers: InitResponse to what is no request, and to a request its response
/// with its parameters. A sealed one comes back as it came.
inline void write_echo(Bytes message, std::vector<std::uint8_t>& out) {
  constexpr std::size_t code_at = message::envelope_bytes;
  constexpr std::array<std::uint8_t, 3> init_response{message::magic, 1, 0};
  constexpr std::array<std::uint8_t, 3> success{0, 0, 0x2A};  // return code 0 and no text, in 1.6
  constexpr auto request = static_cast<std::uint8_t>(message::Type::request);
  constexpr auto response = static_cast<std::uint8_t>(message::Type::response);
  const std::uint8_t type = message.size() > code_at ? message[1] : std::uint8_t{0};
  if (type == request) {
    out.insert(out.end(), {message::magic, response, message[code_at]});
    out.insert(out.end(), success.begin(), success.end());
    out.insert(out.end(), message.begin() + code_at + 1, message.end());
  } else if (type == (request | message::encrypted_bit)) {
    out.insert(out.end(), {message::magic, std::uint8_t{response | message::encrypted_bit}});
    out.insert(out.end(), message.begin() + code_at, message.end());
  } else {
    out.insert(out.end(), init_response.begin(), init_response.end());
  }
}

}  // namespace gateway::test
