#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "base/address.h"
#include "base/random.h"
#include "base/time.h"
#include "crypto/keyed_hash.h"
#include "net/exempt_addresses.h"
#include "net/options.h"

namespace gateway::net {

/// Addresses (IPv6: by /64) whose clients keep violating the protocol, and until when they get no new
/// session. A fixed table under a lock, touched when a session ends badly, and while anybody is blocked when
/// one is asked for. Whoever calls sees to it that an address violates nothing before it is proven.
class SourceBlocks {
 public:
  SourceBlocks(const LimitOptions& limits, Random& random);

  /// From now on by these: a block goes on as it was, but not where there are none any more.
  void use(const LimitOptions& limits);

  /// Counts a violation of one of the address's clients; when this one blocks it, by what rule.
  std::optional<BlockOptions> violated(const Address& client, TimePoint now);
  /// True while the address gets no new session.
  bool blocks(const Address& client, TimePoint now) const;
  /// Addresses that are blocked.
  std::size_t count(TimePoint now) const;
  /// Blocks that were forgotten before their end, since start: the table had no other place.
  std::uint64_t evicted() const { return evicted_.load(std::memory_order_relaxed); }

 private:
  struct Entry {
    Address source;  // limit_key; all zero: free
    std::uint32_t violations = 0;
    TimePoint since{};          // of the first of these violations
    TimePoint blocked_until{};  // zero: it never was
  };

  const Entry* find(const Address& source) const;
  Entry& place_of(const Address& source, TimePoint now);
  std::span<Entry> bucket(const Address& source) const;

  ExemptAddresses exempt_;
  crypto::KeyedHash hash_;
  std::atomic<Duration::rep> last_end_{0};  // of all blocks: beyond it nobody is
  std::atomic<std::uint64_t> evicted_{0};
  mutable std::mutex mutex_;
  BlockOptions options_;  // from here on under mutex_
  mutable std::vector<Entry> entries_;
};

}  // namespace gateway::net
