#include "net/recent_addresses.h"

#include <algorithm>

#include "net/address.h"

namespace gateway::net {

RecentAddresses::RecentAddresses(Random& random)
    : seed_(std::uint64_t{random.u32()} << 32 | random.u32()), buckets_(capacity / ways) {}

void RecentAddresses::note(const Address& address, TimePoint now) {
  const Address key = limit_key(address);
  const std::lock_guard lock(mutex_);
  Bucket& bucket = buckets_[bucket_of(key)];
  auto place =
      std::find_if(bucket.begin(), bucket.end(), [&](const Entry& entry) { return entry.address == key; });
  if (place == bucket.end()) {
    place = std::min_element(bucket.begin(), bucket.end(),
                             [](const Entry& a, const Entry& b) { return a.ended < b.ended; });
  }
  *place = {key, now};
}

bool RecentAddresses::holds(const Address& address, TimePoint now) const {
  const Address key = limit_key(address);
  const std::lock_guard lock(mutex_);
  const Bucket& bucket = buckets_[bucket_of(key)];
  return std::any_of(bucket.begin(), bucket.end(), [&](const Entry& entry) {
    return entry.address == key && entry.ended > TimePoint::min() && now <= entry.ended + lately;
  });
}

std::size_t RecentAddresses::bucket_of(const Address& key) const {
  return static_cast<std::size_t>(seeded_hash(key, seed_)) % buckets_.size();
}

}  // namespace gateway::net
