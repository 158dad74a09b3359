#pragma once

#include <chrono>

#include "base/time.h"

namespace gateway::net {

/// What one kind of work that strangers can pile up may take of a shard's turn: a quarter of a millisecond,
/// looked at between two pieces of it. Whoever plays waits for the end of the turn.
class TurnShare {
 public:
  bool left() const { return std::chrono::steady_clock::now() < until_; }

 private:
  TimePoint until_ = std::chrono::steady_clock::now() + microseconds(250);
};

}  // namespace gateway::net
