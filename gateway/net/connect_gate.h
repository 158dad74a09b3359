#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/address.h"
#include "base/random.h"
#include "base/time.h"
#include "net/address.h"
#include "session/source_rate.h"

namespace gateway::net {

/// Which Connects of a socket are answered. All of them while the shard keeps up with what arrives; once it
/// has read so many datagrams without finding an end, so many a second: answering one costs several times
/// what throwing it away does, and behind a flood of them wait the datagrams of players. One address (IPv6:
/// /64) can't have them all. Clients repeat an unanswered Connect.
class ConnectGate {
 public:
  static constexpr std::size_t behind_after = 64;     // datagrams
  static constexpr std::uint32_t while_behind = 200;  // of each window: 20,000 a second
  static constexpr Duration window = milliseconds(10);

  /// `random` gives the key that spreads addresses over a table.
  explicit ConnectGate(Random& random) : key_(std::uint64_t{random.u32()} << 32 | random.u32()) {}

  /// So many were read; `more` may wait.
  void note(std::size_t read, bool more) {
    without_end_ = more ? std::min(without_end_ + read, behind_after) : 0;
  }
  bool admits(const Address& client, TimePoint now) {
    if (without_end_ < behind_after) return true;
    return rate_.take(now, seeded_hash(limit_key(client), key_)) == session::SourceRate::Verdict::within;
  }

 private:
  std::uint64_t key_;
  std::size_t without_end_ = 0;
  session::SourceRate rate_{while_behind, window};
};

}  // namespace gateway::net
