#pragma once

#include <cstdint>
#include <optional>

#include "message/envelope.h"
#include "message/init.h"
#include "message/json_message.h"
#include "policy/options.h"
#include "policy/stats.h"

namespace gateway::policy {

/// What the rules say about a message of a client; empty when none is about it. Only operation requests ever
/// are, and only what can be read. `confidential`: it arrived sealed or over TLS.
///
/// A parameter that is null or empty counts as lacking, and so does any in a body that can't be parsed:
/// garbage must not get around a rule.
std::optional<Finding> judge_to_server(const Rules& rules, const message::Envelope& message,
                                       message::Serialization serialization, bool confidential);
std::optional<Finding> judge_to_server(const Rules& rules, const message::JsonMessage& message,
                                       bool confidential);

/// The same about a message of the server, of which only events ever are. `confidential`: it is going to
/// leave sealed or over TLS.
std::optional<Finding> judge_to_client(const Rules& rules, const message::Envelope& message,
                                       bool confidential);
std::optional<Finding> judge_to_client(const Rules& rules, const message::JsonMessage& message,
                                       bool confidential);

/// True when events with this code are to be sealed toward whoever has a key.
bool seals_event(const Rules& rules, std::uint8_t code);

/// True when an event may have to be kept from a client.
bool drops_events(const Rules& rules);

}  // namespace gateway::policy
