#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace gateway::net {

/// Whether every shard's loop turned since the last look: what the service manager's watchdog asks.
class Beats {
 public:
  /// `counts`: the beats of each shard so far (ShardStats::beats), the same shards each time. False when one
  /// of them is as it was; the first look finds nothing to compare with.
  bool all_went_on(std::vector<std::uint64_t> counts) {
    bool all = true;
    for (std::size_t i = 0; i < counts.size() && i < last_.size(); ++i) all = all && counts[i] != last_[i];
    last_ = std::move(counts);
    return all;
  }

 private:
  std::vector<std::uint64_t> last_;
};

}  // namespace gateway::net
