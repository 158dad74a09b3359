#include "net/session_table.h"

#include <cstring>

namespace gateway::net {

namespace {

std::uint64_t mix(std::uint64_t value) {  // the finaliser of SplitMix64
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9U;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBU;
  return value ^ (value >> 31);
}

}  // namespace

SessionTable::SessionTable(Random& random)
    : entries_(64), seed_(std::uint64_t{random.u32()} << 32 | random.u32()) {}

std::optional<SessionTable::Slot> SessionTable::find(const Address& address) const {
  const Slot slot = entries_[place_of(address)].slot;
  if (slot == free) return std::nullopt;
  return slot;
}

void SessionTable::insert(const Address& address, Slot slot) {
  if (2 * (size_ + 1) > entries_.size()) grow();
  Entry& entry = entries_[place_of(address)];
  if (entry.slot == free) ++size_;
  entry = {address, slot};
}

void SessionTable::erase(const Address& address, Slot slot) {
  const std::size_t place = place_of(address);
  if (entries_[place].slot != slot || slot == free) return;
  --size_;
  close_gap(place);
}

/// Moves entries back over the gap, so that no search ends at it too early.
void SessionTable::close_gap(std::size_t gap) {
  const std::size_t mask = entries_.size() - 1;
  for (std::size_t place = next(gap); entries_[place].slot != free; place = next(place)) {
    const std::size_t distance = (place - home(entries_[place].address)) & mask;
    if (distance < ((place - gap) & mask)) continue;  // its home lies behind the gap
    entries_[gap] = entries_[place];
    gap = place;
  }
  entries_[gap].slot = free;
}

std::size_t SessionTable::place_of(const Address& address) const {
  std::size_t place = home(address);
  while (entries_[place].slot != free && entries_[place].address != address) place = next(place);
  return place;
}

std::size_t SessionTable::home(const Address& address) const {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  std::memcpy(&high, address.ip.data(), sizeof high);
  std::memcpy(&low, address.ip.data() + sizeof high, sizeof low);
  const std::uint64_t hash = mix(mix(mix(high ^ seed_) ^ low) + address.port);
  return static_cast<std::size_t>(hash) & (entries_.size() - 1);
}

void SessionTable::grow() {
  std::vector<Entry> old(entries_.size() * 2);
  old.swap(entries_);
  for (const Entry& entry : old) {
    if (entry.slot != free) entries_[place_of(entry.address)] = entry;
  }
}

}  // namespace gateway::net
