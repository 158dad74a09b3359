#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/address.h"
#include "base/random.h"

namespace gateway::net {

/// Which session an address has at one listener: open addressing with linear probing, looked up for every
/// datagram. The hash is seeded, so that nobody can pick addresses that collide.
class SessionTable {
 public:
  using Slot = std::uint32_t;

  explicit SessionTable(Random& random);

  std::optional<Slot> find(const Address& address) const;
  /// Sets the session of `address`, in place of any other.
  void insert(const Address& address, Slot slot);
  /// Forgets the address if `slot` is its session.
  void erase(const Address& address, Slot slot);

  std::size_t size() const { return size_; }

 private:
  static constexpr Slot free = ~Slot{0};
  struct Entry {
    Address address;
    Slot slot = free;
  };

  std::size_t home(const Address& address) const;
  std::size_t next(std::size_t place) const { return (place + 1) & (entries_.size() - 1); }
  /// Where the address is, or the free place where it would go.
  std::size_t place_of(const Address& address) const;
  void close_gap(std::size_t gap);
  void grow();

  std::vector<Entry> entries_;  // a power of two, at most half full
  std::size_t size_ = 0;
  std::uint64_t seed_;
};

}  // namespace gateway::net
