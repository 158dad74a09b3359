#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "base/address.h"
#include "base/random.h"
#include "base/time.h"

namespace gateway::net {

/// Which addresses (IPv6: which /64) had a session lately: while the gateway drains, their players were just
/// sent on to another listener and must get in. Fixed memory: where there is no room the newest takes the
/// oldest's. The hash is seeded, so that nobody can pick addresses that push out another. Thread-safe.
class RecentAddresses {
 public:
  static constexpr std::size_t capacity = 16 * 1024;
  static constexpr Duration lately = seconds(30);

  explicit RecentAddresses(Random& random);

  /// A session of this address ended.
  void note(const Address& address, TimePoint now);
  bool holds(const Address& address, TimePoint now) const;

 private:
  struct Entry {
    Address address;
    TimePoint ended = TimePoint::min();
  };
  static constexpr std::size_t ways = 4;  // places that an address may have
  using Bucket = std::array<Entry, ways>;

  std::size_t bucket_of(const Address& key) const;

  const std::uint64_t seed_;
  mutable std::mutex mutex_;
  std::vector<Bucket> buckets_;  // under mutex_
};

}  // namespace gateway::net
