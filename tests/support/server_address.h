#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gateway::test {

/// Where a server told a client to go.
struct ServerAddress {
  std::string scheme;  // empty or "ws", "wss"
  std::string host;    // of IPv6 without brackets
  std::uint16_t port = 0;
  std::string path;  // empty or from its slash on
};

/// Reads it as clients do: the scheme ends at "://", the path begins at the first slash, the port follows the
/// last colon. Empty when host or port is missing, or where a host with colons has no brackets.
std::optional<ServerAddress> read_server_address(std::string_view text);

}  // namespace gateway::test
