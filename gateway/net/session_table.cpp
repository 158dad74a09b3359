#include "net/session_table.h"

#include "net/address.h"

namespace gateway::net {

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
  return static_cast<std::size_t>(seeded_hash(address, seed_)) & (entries_.size() - 1);
}

void SessionTable::grow() {
  std::vector<Entry> old(entries_.size() * 2);
  old.swap(entries_);
  for (const Entry& entry : old) {
    if (entry.slot != free) entries_[place_of(entry.address)] = entry;
  }
}

}  // namespace gateway::net
