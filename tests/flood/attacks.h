#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "flood/source.h"

namespace gateway::test {

/// Where the gateway listens.
struct Target {
  std::uint16_t udp = 0;
  std::uint16_t tcp = 0;
  std::uint16_t ws = 0;
  std::uint16_t wss = 0;
};

/// One way of attacking it, run in a thread of its own until it is done or `stop` is set.
struct Attack {
  const char* name;
  void (*run)(const Target& target, std::size_t amount, const std::atomic<bool>& stop, Exchanged& exchanged);
  std::size_t amount;    // of what the name says; divided for a short run
  bool unproven = true;  // nothing it sends proves its address, so the ratio of bytes is bounded
};

const std::vector<Attack>& attacks();

}  // namespace gateway::test
