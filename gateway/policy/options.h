#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <vector>

namespace gateway::policy {

/// What becomes of a response that names a server which no listener fronts.
enum class UnknownAddresses : std::uint8_t {
  pass,    // the client gets it as it is and goes there past the gateway
  reject,  // the client gets a refusal instead
};

using Codes = std::bitset<256>;

/// What becomes of an operation that should have arrived confidentially and didn't.
enum class Refusal : std::uint8_t {
  reject,      // the client is answered by an error, the server never sees it
  disconnect,  // the session ends
  log,         // it passes, and is counted
};

/// Requests with these codes must arrive confidentially: sealed with the session's key, or over TLS.
struct OperationRule {
  Codes operations;
  std::optional<std::uint8_t> without_parameter{};  // only requests that lack this parameter
  Refusal otherwise = Refusal::reject;
};

/// What becomes of an event toward a client to which it can't be sealed, since it has no key.
enum class Unsealable : std::uint8_t { clear, drop };

/// Events with these codes are sealed toward every client that has a key.
struct EventRule {
  Codes events;
  Unsealable otherwise = Unsealable::clear;
};

/// The first rule that matches a message decides. None by default: nothing is refused that the server would
/// take.
struct Rules {
  std::vector<OperationRule> operations;
  std::vector<EventRule> events;
};

}  // namespace gateway::policy
