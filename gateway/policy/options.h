#pragma once

#include <cstdint>

namespace gateway::policy {

/// What becomes of a response that names a server which no listener fronts.
enum class UnknownAddresses : std::uint8_t {
  pass,    // the client gets it as it is and goes there past the gateway
  reject,  // the client gets a refusal instead
};

}  // namespace gateway::policy
