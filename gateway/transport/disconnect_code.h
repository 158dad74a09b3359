#pragma once

#include <cstdint>

namespace gateway::transport {

/// What a Disconnect tells the client: its reserved byte, CloseReason::code. Source: README.md, "Ends".
inline constexpr std::uint8_t code_server_logic = 1;
inline constexpr std::uint8_t code_timeout = 2;
inline constexpr std::uint8_t code_full = 3;
inline constexpr std::uint8_t code_normal = 4;  // also what a client says that leaves

}  // namespace gateway::transport
