#pragma once

#include "base/time.h"
#include "net/rate_meter.h"

namespace gateway::net {

/// Which Connects of a socket are answered. All of them while the shard keeps up with what arrives; while
/// more waits than it takes in a turn, so many a second: answering one costs several times what throwing it
/// away does, and behind a flood of them wait the datagrams of players. Clients repeat an unanswered Connect.
class ConnectGate {
 public:
  static constexpr double while_behind =
      20'000;  // a second; a tenth of it at once, more than a hall of players

  /// Whether the last turn left something waiting.
  void note(bool behind) { behind_ = behind; }
  bool admits(TimePoint now) { return !behind_ || rate_.take(now); }

 private:
  bool behind_ = false;
  RateMeter rate_{while_behind};
};

}  // namespace gateway::net
