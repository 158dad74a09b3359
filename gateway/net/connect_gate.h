#pragma once

#include "base/address.h"
#include "base/random.h"
#include "base/time.h"
#include "net/address.h"
#include "session/source_rate.h"

namespace gateway::net {

/// Which Connects of a socket are answered. All of them while the shard keeps up with what arrives; while
/// more waits than it takes in a turn, so many a second: answering one costs several times what throwing it
/// away does, and behind a flood of them wait the datagrams of players. One address (IPv6: /64) can't have
/// them all. Clients repeat an unanswered Connect.
class ConnectGate {
 public:
  static constexpr std::uint32_t while_behind = 200;  // of each window: 20,000 a second
  static constexpr Duration window = milliseconds(10);

  /// `random` gives the key that spreads addresses over a table.
  explicit ConnectGate(Random& random) : key_(std::uint64_t{random.u32()} << 32 | random.u32()) {}

  /// Whether the last turn left something waiting.
  void note(bool behind) { behind_ = behind; }
  bool admits(const Address& client, TimePoint now) {
    if (!behind_) return true;
    return rate_.take(now, seeded_hash(limit_key(client), key_)) == session::SourceRate::Verdict::within;
  }

 private:
  std::uint64_t key_;
  bool behind_ = false;
  session::SourceRate rate_{while_behind, window};
};

}  // namespace gateway::net
