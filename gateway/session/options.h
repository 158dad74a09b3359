#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>

#include "base/time.h"
#include "policy/options.h"
#include "transport/options.h"

namespace gateway::session {

/// Which responses leave sealed. Source: gateway/README.md, "Confidentiality".
enum class Responses : std::uint8_t {
  sticky,  // all but those whose code was asked for in the clear and never encrypted
  match,   // as many as were asked for encrypted, code by code; safe only if a server answers at most once
  all,     // every response, event, message and raw message
};

/// Which events leave sealed toward a client that has a key.
enum class Events : std::uint8_t {
  as_raised,  // codes that any client of the pool raised encrypted, and those listed or in a rule
  listed,     // only those listed or in a rule
  all,
};

/// What happens to encrypted messages of a session whose key may come from its token (AuthOnce).
enum class UnknownKey : std::uint8_t { pass, end };

/// What is decided message by message. A reload replaces it under sessions that live.
struct Policy {
  Responses responses = Responses::sticky;
  Events events = Events::as_raised;
  std::bitset<256> listed_events;  // sealed like those of rules, and not counted
  UnknownKey unknown_key = UnknownKey::pass;
  policy::Rules rules;
  Duration confirm_after =
      milliseconds(250);            // of the client's ack of its key: it derives when its game loop runs
  std::uint32_t exchanges_max = 4;  // key exchanges a session; further ones are refused
  std::uint32_t refusals_max =
      2;  // exchanges refused for what the client sent; the next one ends the session
};

/// What a session is built from and keeps for its life; a reload changes it for sessions that begin.
struct Terms {
  // Establishing
  Duration connect_timeout =
      seconds(5);  // proof → upstream connected: half for the first server, half for another
  Duration init_timeout = seconds(30);      // proof → InitResponse
  Duration clock_timeout = seconds(2);      // upstream connected → its clock known; then clients go without
  std::size_t before_init_max = 64 * 1024;  // bytes of the client held before InitResponse

  // Sizes and rates
  std::size_t message_max = 512'000;  // bytes of a clear message
  /// Messages a second of a client, and as many at once; 0: no limit. Games send some tens, old clients flush
  /// 300 at once, and a server's thread carries many times as many.
  std::uint32_t messages_per_second = 5000;

  transport::Options downstream;
  transport::Options upstream = transport::Options::upstream_leg();
};

/// Both, as they are configured.
struct Options : Policy, Terms {};

/// The door's limits, of each listener and shard: what is kept before a session exists. Fixed memory, no
/// timers.
struct DoorOptions {
  std::size_t half_open = 65'536;       // Connects remembered, 32 bytes each; the oldest are overwritten
  std::uint32_t region_pings = 10'000;  // echoed a second; beyond: dropped. One source gets a part (see
                                        // RegionPingRate)
  std::uint16_t mtu_max = 1200;         // answered to a client that takes more

  bool operator==(const DoorOptions&) const = default;
};

}  // namespace gateway::session
