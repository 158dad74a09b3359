#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "wire/error.h"

namespace gateway::wire {

inline constexpr std::uint8_t frame_magic = 0xFB;
inline constexpr std::uint8_t ping_magic = 0xF0;
inline constexpr std::size_t frame_header_bytes = 7;
inline constexpr std::size_t frame_bytes_min = 9;  // what a client reads before it looks
inline constexpr std::size_t ping_bytes = 5;       // client to server: F0, client clock
inline constexpr std::size_t pong_bytes = 9;       // server to client: F0, server clock, client clock

/// What stands next in a TCP stream: a frame with a message, or a ping, which has no frame. Source:
/// README.md, "TCP frames".
struct StreamUnit {
  Bytes payload;  // the message, or the whole ping
  std::uint8_t channel = 0;
  std::uint8_t delivery = 1;
  bool ping = false;
};

/// How one direction of a stream is read.
struct StreamRules {
  std::size_t ping_size = ping_bytes;  // of this direction's pings: ping_bytes or pong_bytes
  std::size_t message_max = 512'000;   // bytes of a message
};

/// Bytes that the unit at the start of `stream` takes; 0 while too little is there to tell. A frame too long
/// is an error before it is complete. Errors: frame_start, frame_length, frame_too_long; the stream can't be
/// read any further.
Result<std::size_t> stream_unit_size(Bytes stream, const StreamRules& rules);

/// Reads the unit at the start of `stream`; the value is empty while it is incomplete. Errors as above.
Result<std::optional<StreamUnit>> parse_stream_unit(Bytes stream, const StreamRules& rules);

/// Writes the header of a frame whose message has `message_size` bytes.
void write_frame_header(ByteWriter& out, std::size_t message_size, std::uint8_t channel,
                        std::uint8_t delivery);

}  // namespace gateway::wire
