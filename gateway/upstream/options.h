#pragma once

#include <cstdint>
#include <string_view>

#include "base/time.h"

namespace gateway::upstream {

/// What the operator wants of a server.
enum class ServerState : std::uint8_t {
  active,    // gets sessions
  draining,  // keeps those it has and gets no new ones
  disabled,  // is never chosen and never probed
  removed,   // is configured no longer: as disabled, until its last session ends
};

/// The word of the configuration; also the `state` label.
constexpr std::string_view name(ServerState state) {
  switch (state) {
    case ServerState::active:
      return "active";
    case ServerState::draining:
      return "draining";
    case ServerState::disabled:
      return "disabled";
    case ServerState::removed:
      return "removed";
  }
  return {};
}

/// When a server counts as down, which only puts it behind others. Real connects tell it first; probes only
/// where there are none.
struct HealthOptions {
  bool probes = true;               // false: only real connects tell
  Duration interval = seconds(10);  // without a successful connect, then it is probed; without probes: how
                                    // long a server that is down is left alone before one client tries it
  Duration timeout = seconds(2);    // for the answer to a probe, at most `interval`
  std::uint32_t rise = 1;           // successes in a row that bring a server up
  std::uint32_t fall = 3;           // failures in a row that take it down: one may be an accident

  bool operator==(const HealthOptions&) const = default;
};

}  // namespace gateway::upstream
