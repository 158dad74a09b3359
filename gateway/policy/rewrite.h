#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "message/envelope.h"
#include "message/error.h"
#include "message/init.h"
#include "policy/addresses.h"

namespace gateway::policy {

/// What became of a message that may tell a client where to go next.
struct Rewrite {
  enum class Outcome : std::uint8_t {
    unchanged,        // there is no address in it, or each stays what it is
    rewritten,        // `body` is new
    unknown_address,  // at least one isn't in the table and stays; those that are were rewritten all the same
    unparsable,       // see `error`
  };
  Outcome outcome = Outcome::unchanged;
  Bytes body;                // to be forwarded: the message's own or, changed, the beginning of `out`
  std::string_view unknown;  // the first unknown address; a view into the message, of any bytes
  std::optional<message::Error> error;  // why it couldn't be parsed or written
};

/// True for a clear, successful response of an operation that hands out servers: 220, 225, 226, 227, 230 and
/// 231.
bool may_hold_addresses(const message::Envelope& message);

/// Replaces in a clear message to a client the addresses that the table knows: in those that
/// may_hold_addresses(), in their parameter 230. An empty text names no server, so it stays and is not
/// unknown. `out`: as large as Edit needs it. Source: message/README.md, "Addresses".
Rewrite rewrite_addresses(const message::Envelope& message, message::Serialization serialization,
                          const Addresses& addresses, MutableBytes out);

}  // namespace gateway::policy
