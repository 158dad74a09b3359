#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/counter.h"
#include "message/envelope.h"
#include "policy/stats.h"
#include "session/record.h"
#include "transport/stats.h"

namespace gateway::session {

/// Result of a key exchange; name() is the `result` label.
enum class ExchangeResult : std::uint8_t { ok, bad_key, bad_mode, malformed, over_limit, throttled, count_ };

std::string_view name(ExchangeResult result);

/// What became of a response that names servers; name() is the `result` label.
enum class AddressResult : std::uint8_t { rewritten, unknown_target, refused, unparsed, count_ };

std::string_view name(AddressResult result);

/// What a relayed message is; name() is the `kind` label.
enum class MessageKind : std::uint8_t {
  operation,
  response,
  event,
  internal,  // pings and what else the protocol asks and answers itself
  other,     // Init, pings of TCP, the JSON mode, what is no message
  count_
};

std::string_view name(MessageKind kind);
MessageKind kind_of(const std::optional<message::Envelope>& envelope);

/// Counters of one shard's sessions, read by the exporter.
struct Stats {
  std::array<Counter, static_cast<std::size_t>(End::count_)> ended;
  Counter opened;
  std::array<Counter, static_cast<std::size_t>(ExchangeResult::count_)> exchanges;
  /// [Direction][clear, encrypted on the client's link], by kind.
  using ByKind = std::array<Counter, static_cast<std::size_t>(MessageKind::count_)>;
  std::array<std::array<ByKind, 2>, 2> messages;
  std::array<std::array<std::uint32_t, 2>, 2> relayed{};  // the same, not yet sent; the shard's alone
  std::array<Counter, 2> message_bytes;                   // [Direction], clear sizes
  Counter decrypt_failures;
  Counter without_clock;      // sessions begun although the server's clock wasn't known
  Counter opaque_messages;    // encrypted under a key we don't have, forwarded untouched
  Counter unopened_dropped;   // from the server and unreadable, dropped: for the client too, or for rules
  Counter paused_reads;       // streams: a client sent more than its rate and wasn't read for a while
  Counter unparsed_messages;  // forwarded, but no message in the protocol's sense
  std::array<Counter, static_cast<std::size_t>(AddressResult::count_)> addresses;
  policy::Stats policy;                       // what rules did
  std::array<transport::Stats, 2> transport;  // [Side]

  transport::Stats& of(Side side) { return transport[static_cast<std::size_t>(side)]; }
};

/// Counters of one shard's door.
struct DoorStats {
  Counter connects;          // answered, every copy
  Counter refused;           // answered by "full"
  Counter proven;            // sessions begun
  Counter proven_forgotten;  // of them: the table had lost what Connect announced
  Counter region_pings;
  Counter region_pings_dropped;     // beyond what is echoed a second
  Counter region_pings_over_share;  // beyond the share of their source
  Counter dropped;                  // datagrams of nobody: no session, no valid proof, or its session is over
};

}  // namespace gateway::session
