#pragma once

#include <string>
#include <string_view>

#include "message/json_message.h"
#include "policy/addresses.h"
#include "policy/rewrite.h"

namespace gateway::policy {

/// What became of the payload of a unit in JSON mode.
struct JsonRewrite {
  Rewrite::Outcome outcome = Rewrite::Outcome::unchanged;  // never unparsable
  std::string payload;                                     // when something was replaced, otherwise empty
  std::string unknown;                                     // the first address that isn't in the table
};

/// True for a response of an operation that hands out servers.
bool may_hold_addresses(const message::JsonMessage& message);

/// rewrite_addresses() for the payload of a unit that `message` was read from.
JsonRewrite rewrite_json_addresses(std::string_view payload, const Addresses& addresses);

}  // namespace gateway::policy
