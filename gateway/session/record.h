#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"
#include "message/init.h"

namespace gateway::session {

enum class Side : std::uint8_t { downstream, upstream };
enum class Direction : std::uint8_t { to_server, to_client };

constexpr Side opposite(Side side) {
  return side == Side::downstream ? Side::upstream : Side::downstream;
}
/// The direction of what came in on `from`.
constexpr Direction direction_from(Side from) {
  return from == Side::downstream ? Direction::to_server : Direction::to_client;
}

/// Why a session ended; name() is the log word and the `reason` label.
enum class End : std::uint8_t {
  none,               // lives
  client_disconnect,  // the client left
  server_disconnect,  // the server ended it; `code` is what it said
  client_timeout,     // the client stopped acknowledging or was silent
  server_timeout,     // the server did
  upstream_refused,   // nobody listens at the server's address, or it can't be reached
  upstream_connect,   // no server answered within timeouts.connect
  upgrade_declined,   // WebSocket: the server answered the upgrade with another status, `code`
  init_timeout,       // no InitResponse within timeouts.init
  no_capacity,        // no upstream socket or server could be had
  not_init,           // the client's first message was no Init
  bad_encryption,     // an encrypted message that couldn't be opened, or without a key
  key_exchange,       // a refused exchange of a session that had a key, or too many refused
  message_size,       // a message over the limit
  policy,             // a rule demands it, or the client sent what can't be read and rules must be
  message_rate,       // more messages than `messages` allows on UDP, or control frames on WebSocket
  before_init,        // too much from the client before InitResponse
  buffered,           // more queued toward one side than `buffered`
  memory,             // limits.memory is used up, and this session held the most
  protocol_error,     // the transport broke
  replaced,           // the same address connected anew
  access,             // access admits the address no longer
  shutdown,           // the gateway stops
  count_
};

std::string_view name(End end);

struct Traffic {
  std::uint64_t messages = 0;
  std::uint64_t encrypted = 0;  // of them: opened (to_server) or sealed (to_client)
  std::uint64_t bytes = 0;      // of clear messages
};

/// What a session has to tell at its end: one log line.
struct Record {
  TimePoint opened{};
  TimePoint initialized{};  // InitResponse relayed; zero before
  End end = End::none;
  bool violation = false;  // it ended because the client violated the protocol or a rule
  std::uint16_t code = 0;  // of the Disconnect, close frame or HTTP answer that ended it, 0 if none
  message::Serialization serialization = message::Serialization::v16;
  message::ClientVersion client_version;
  std::string application;         // of Init, at most 32 printable characters
  std::uint32_t exchanges = 0;     // key exchanges granted
  std::array<Traffic, 2> traffic;  // by Direction

  Traffic& of(Direction direction) { return traffic[static_cast<std::size_t>(direction)]; }
  const Traffic& of(Direction direction) const { return traffic[static_cast<std::size_t>(direction)]; }
};

}  // namespace gateway::session
