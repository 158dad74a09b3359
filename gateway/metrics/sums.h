#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/counter.h"
#include "metrics/distribution.h"
#include "net/stats.h"
#include "session/stats.h"
#include "transport/stats.h"

namespace gateway::metrics {

/// Every value of an enum that ends in count_.
template <class E>
std::vector<E> all_of() {
  std::vector<E> values;
  for (std::size_t i = 0; i < static_cast<std::size_t>(E::count_); ++i) values.push_back(static_cast<E>(i));
  return values;
}

template <class E>
constexpr std::size_t index(E value) {
  return static_cast<std::size_t>(value);
}

/// Sums counters over shards, and where a metric has no listener label over listeners too.
class Sums {
 public:
  explicit Sums(const std::vector<const net::ShardStats*>& shards) : shards_(shards) {}

  template <class Pick>
  std::uint64_t shards(Pick pick) const {
    std::uint64_t sum = 0;
    for (const net::ShardStats* shard : shards_) sum += pick(*shard);
    return sum;
  }
  std::uint64_t shards(Counter net::ShardStats::*counter) const {
    return shards([counter](const net::ShardStats& shard) { return (shard.*counter).value(); });
  }
  template <class Pick>
  std::uint64_t listener(std::size_t listener, Pick pick) const {
    return shards([&](const net::ShardStats& shard) { return pick(shard.listeners[listener]); });
  }
  template <class Pick>
  std::uint64_t listeners(Pick pick) const {
    return shards([&](const net::ShardStats& shard) {
      std::uint64_t sum = 0;
      for (const net::ListenerStats& stats : shard.listeners) sum += pick(stats);
      return sum;
    });
  }
  std::uint64_t sessions(Counter session::Stats::*counter) const {
    return listeners([counter](const net::ListenerStats& stats) { return (stats.session.*counter).value(); });
  }
  std::uint64_t door(Counter session::DoorStats::*counter) const {
    return listeners([counter](const net::ListenerStats& stats) { return (stats.door.*counter).value(); });
  }
  std::uint64_t transport(session::Side side, Counter transport::Stats::*counter) const {
    return listeners([=](const net::ListenerStats& stats) {
      return (stats.session.transport[index(side)].*counter).value();
    });
  }
  /// The same over some listeners only.
  std::uint64_t transport(const std::vector<std::size_t>& of, session::Side side,
                          Counter transport::Stats::*counter) const {
    std::uint64_t sum = 0;
    for (const std::size_t i : of) {
      sum += listener(i, [=](const net::ListenerStats& stats) {
        return (stats.session.transport[index(side)].*counter).value();
      });
    }
    return sum;
  }
  std::uint64_t pool(std::size_t pool, Counter net::PoolStats::*counter) const {
    return shards([=](const net::ShardStats& shard) { return (shard.pools[pool].*counter).value(); });
  }

  /// A histogram of each shard, by `pick`.
  template <class Pick>
  Distribution shard_histograms(Pick pick) const {
    Distribution sum;
    for (const net::ShardStats* shard : shards_) sum.add(pick(*shard));
    return sum;
  }
  /// A histogram of each listener of each shard.
  template <class Pick>
  Distribution listener_histograms(Pick pick) const {
    Distribution sum;
    for (const net::ShardStats* shard : shards_) {
      for (const net::ListenerStats& stats : shard->listeners) sum.add(pick(stats));
    }
    return sum;
  }

 private:
  const std::vector<const net::ShardStats*>& shards_;
};

}  // namespace gateway::metrics
