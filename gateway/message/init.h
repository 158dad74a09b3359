#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "message/error.h"

namespace gateway::message {

/// The value encoding of a connection, fixed by its Init.
enum class Serialization : std::uint8_t { v16, v18 };

struct ClientVersion {
  std::array<std::uint8_t, 4> parts{};  // major, minor, revision, build
  auto operator<=>(const ClientVersion&) const = default;
};

/// From here on clients understand the unsequenced commands 11, 14, 15 and 16.
inline constexpr ClientVersion unsequenced_since{{4, 1, 2, 0}};

/// What the first message of a connection tells. Source: README.md, "Init".
struct Init {
  enum class Form : std::uint8_t { binary, http, v3 };
  Form form = Form::binary;
  Serialization serialization = Serialization::v16;
  ClientVersion version;         // zeros when it can't be read
  bool ipv6 = false;             // the client reached us by IPv6
  bool token = false;            // carries a token or custom data: keys may come from it (AuthOnce)
  std::string_view application;  // a view into the message
};

/// Reads any form of Init: 41 bytes or more from F3 00, text from "POST " or "GET ", or F5.
/// Errors: not_init, truncated, serialization.
Result<Init> parse_init(Bytes message);

/// Copies a valid Init to `out`, which holds init_growth_max bytes more, and has it say whether its client
/// came by IPv6; a server hands out addresses accordingly. The form of clients before 4.0.5 can't say so and
/// stays as it is. Gives the number of bytes written.
std::size_t write_init_family(Bytes message, bool ipv6, MutableBytes out);
inline constexpr std::size_t init_growth_max = 5;  // "&IPv6"

}  // namespace gateway::message
