#pragma once

#include <algorithm>
#include <cstdint>

#include "base/address.h"
#include "base/random.h"
#include "base/time.h"
#include "net/address.h"
#include "session/source_rate.h"

namespace gateway::net {

/// Which Connects of a socket are answered. All of them while the shard keeps up with what arrives; once it
/// has found so many full batches in a row, so many a second: answering one costs several times what throwing
/// it away does, and behind a flood of them wait the datagrams of players. One address (IPv6: /64) can't have
/// them all. Clients repeat an unanswered Connect.
class ConnectGate {
 public:
  static constexpr std::uint32_t behind_after = 4;    // full batches
  static constexpr std::uint32_t while_behind = 200;  // of each window: 20,000 a second
  static constexpr Duration window = milliseconds(10);

  /// `random` gives the key that spreads addresses over a table.
  explicit ConnectGate(Random& random) : key_(std::uint64_t{random.u32()} << 32 | random.u32()) {}

  /// Whether the last batch was full, so that more may wait.
  void note(bool full) { full_batches_ = full ? std::min(full_batches_ + 1, behind_after) : 0; }
  bool admits(const Address& client, TimePoint now) {
    if (full_batches_ < behind_after) return true;
    return rate_.take(now, seeded_hash(limit_key(client), key_)) == session::SourceRate::Verdict::within;
  }

 private:
  std::uint64_t key_;
  std::uint32_t full_batches_ = 0;  // in a row
  session::SourceRate rate_{while_behind, window};
};

}  // namespace gateway::net
