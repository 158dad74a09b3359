#pragma once

#include <array>
#include <cstdint>

#include "metrics/scrape.h"

namespace gateway::metrics {

/// What was relayed since the start, by session::Direction.
struct Totals {
  std::array<std::uint64_t, 2> relayed{};    // messages
  std::array<std::uint64_t, 2> encrypted{};  // of them: on the client's link
  std::array<std::uint64_t, 2> volume{};     // bytes of messages, counted in the clear
};

Totals totals_of(const Scrape& scrape);

}  // namespace gateway::metrics
