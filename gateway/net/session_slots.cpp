#include "net/session_slots.h"

namespace gateway::net {

SessionSlots::Index SessionSlots::take() {
  if (free_.empty()) {
    slots_.emplace_back();
    return static_cast<Index>(slots_.size() - 1);
  }
  const Index index = free_.back();
  free_.pop_back();
  return index;
}

void SessionSlots::give_back(Index index) {
  const std::uint32_t generation = slots_[index].generation + 1;
  slots_[index] = SessionSlot{};
  slots_[index].generation = generation;
  free_.push_back(index);
}

}  // namespace gateway::net
