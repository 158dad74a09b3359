#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "support/photon_message.h"

namespace gateway::test {

/// Internal operation 1, the ping of binary WebSocket: the request carries the client's clock as parameter 1,
/// the answer repeats it and adds the server's as parameter 2. Milliseconds.
std::vector<std::uint8_t> write_internal_ping(Protocol protocol, std::uint32_t client_clock);
/// Empty when the message is anything else.
std::optional<std::uint32_t> read_internal_ping(Protocol protocol, Bytes message);

struct InternalPong {
  std::uint32_t client_clock = 0;
  std::uint32_t server_clock = 0;
};
std::vector<std::uint8_t> write_internal_pong(Protocol protocol, const InternalPong& pong);
/// Empty when the message is anything else.
std::optional<InternalPong> read_internal_pong(Protocol protocol, Bytes message);

}  // namespace gateway::test
