#pragma once

#include <cstdint>

namespace gateway::test {

/// What a stream carries.
enum class StreamKind : std::uint8_t {
  tcp,
  websocket,  // binary messages
  json,       // WebSocket with text messages
};

}  // namespace gateway::test
