#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/ring.h"

namespace gateway::transport {

/// Slots for consecutive sequence numbers, found by number at once. Numbers start at 1; slots are opened at
/// the back and leave at the front.
template <class T>
class NumberedRing {
 public:
  static constexpr std::size_t kept_slots =
      128;  // room an empty ring keeps; more is given back when it empties

  /// The number of the oldest slot, or of the next one when there is none.
  std::uint32_t first() const { return first_; }
  /// The number behind the newest slot.
  std::uint32_t end() const { return first_ + static_cast<std::uint32_t>(slots_.size()); }
  std::size_t size() const { return slots_.size(); }
  bool empty() const { return slots_.empty(); }
  /// Bytes of the slots there is room for.
  std::size_t room_bytes() const { return slots_.room_bytes(); }

  /// The slot of `number`; null when there is none.
  T* find(std::uint32_t number) { return contains(number) ? &slots_[number - first_] : nullptr; }
  const T* find(std::uint32_t number) const { return contains(number) ? &slots_[number - first_] : nullptr; }
  T& front() { return slots_.front(); }

  /// The slot of `number`, which is not below first(); slots on the way there are opened empty.
  T& open(std::uint32_t number) {
    while (!contains(number)) slots_.push_back(T{});
    peak_ = std::max(peak_, slots_.size());
    return slots_[number - first_];
  }
  /// Takes the oldest slot out. Without slots only the numbering moves on by one.
  T pop_front() {
    ++first_;
    if (slots_.empty()) return T{};
    T value = slots_.pop_front();
    if (slots_.empty()) give_back(kept_slots);
    return value;
  }
  /// Drops every slot; the next one opened has `number`.
  void restart(std::uint32_t number) {
    while (!slots_.empty()) slots_.pop_front();
    give_back(kept_slots);
    first_ = number;
  }
  /// Gives the memory of an empty ring back, for a connection that became idle.
  void release() {
    if (slots_.empty()) give_back(0);
  }

 private:
  bool contains(std::uint32_t number) const { return number - first_ < slots_.size(); }
  void give_back(std::size_t kept) {
    if (peak_ <= kept) return;
    slots_.clear();
    peak_ = 0;
  }

  Ring<T> slots_;
  std::uint32_t first_ = 1;
  std::size_t peak_ = 0;
};

}  // namespace gateway::transport
