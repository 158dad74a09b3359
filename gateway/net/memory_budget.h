#pragma once

#include <atomic>
#include <cstddef>
#include <optional>

#include "base/counter.h"
#include "base/time.h"

namespace gateway::net {

/// What the sessions of all shards hold, as accounted, against limits.memory. Accounted are the buffers of
/// the shards' pools, lent and kept; what sessions keep about channels and messages; what WebSockets read of
/// messages that aren't whole; and an estimate for each session and link. Not accounted are the kernel's own
/// buffers and what the process takes without any session. Any thread may use it.
class MemoryBudget {
 public:
  /// `limit` in bytes; none: nothing is ever refused or to be freed.
  explicit MemoryBudget(std::optional<std::size_t> limit);

  /// A shard's part changed.
  void change(std::size_t from, std::size_t to) { used_.fetch_add(to - from, std::memory_order_relaxed); }
  std::size_t used() const { return used_.load(std::memory_order_relaxed); }
  /// From 90 % of the limit on: no new sessions.
  bool full() const { return used() >= full_; }
  /// Beyond 95 % of the limit: sessions end at once.
  bool crowded() const { return used() > crowded_; }
  /// Bytes beyond 85 %, where nobody has to end any more.
  std::size_t excess() const;

 private:
  std::size_t full_;
  std::size_t crowded_;
  std::size_t relieved_;
  std::atomic<std::size_t> used_{0};
};

/// One shard's part of a budget: published once a turn, and what it has to free. Not thread-safe.
class MemoryShare {
 public:
  static constexpr Duration interval = milliseconds(100);  // between two looks at all sessions
  /// So long a full budget may keep new players out; then the largest sessions end, although there is room
  /// yet.
  static constexpr Duration patience = seconds(5);

  /// Both outlive this; `published` shows this part alone.
  MemoryShare(MemoryBudget& budget, Counter& published) : budget_(budget), published_(published) {}

  void publish(std::size_t bytes);
  /// Bytes to free now: this shard's part of the excess, once the budget is crowded or has long been full. 0
  /// when it is too early to look again.
  std::size_t take_excess(TimePoint now);
  /// When to look again; `never` while the budget isn't full.
  TimePoint deadline() const;

 private:
  MemoryBudget& budget_;
  Counter& published_;
  TimePoint full_since_ = never;
  TimePoint next_look_{};
};

/// What a session takes from its start, without links and bookkeeping: the object, its keys and its place.
/// Rounded up from the idle sessions in tests/benchmark/README.md.
inline constexpr std::size_t session_bytes = 4 * std::size_t{1024};

/// A session that holds less is not ended for its memory, unless all of its address together hold this part
/// of it.
inline constexpr std::size_t shed_bytes_min = 64 * std::size_t{1024};
inline constexpr std::size_t shed_address_part = 16;

/// Free memory that the pool of one of `shards` may keep: too little to come near the limit together.
std::size_t kept_bytes_of_shard(std::optional<std::size_t> limit, std::size_t shards);

}  // namespace gateway::net
