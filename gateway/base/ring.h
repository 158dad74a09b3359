#pragma once

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace gateway {

/// A first-in first-out queue with random access. It allocates at the first push and keeps its room (a power
/// of two) until clear(), so a warm queue doesn't allocate and an unused one costs 24 bytes (an empty
/// std::deque costs 688).
template <class T>
class Ring {
 public:
  Ring() = default;
  Ring(Ring&& other) noexcept { swap(other); }
  Ring& operator=(Ring&& other) noexcept {
    swap(other);
    return *this;
  }

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  /// Elements that fit without allocating.
  std::size_t room() const { return capacity_; }
  /// Bytes of that room.
  std::size_t room_bytes() const { return room() * sizeof(T); }

  T& operator[](std::size_t index) { return slots_[slot(index)]; }
  const T& operator[](std::size_t index) const { return slots_[slot(index)]; }
  T& front() { return (*this)[0]; }
  const T& front() const { return (*this)[0]; }
  T& back() { return (*this)[size_ - 1]; }
  const T& back() const { return (*this)[size_ - 1]; }

  T& push_back(T value) {
    if (size_ == capacity_) grow();
    ++size_;
    return back() = std::move(value);
  }

  T pop_front() {
    assert(!empty());
    T value = std::exchange(front(), T{});
    head_ = static_cast<std::uint32_t>((head_ + 1) & (capacity_ - 1));
    --size_;
    return value;
  }

  /// Drops every element and gives the memory back.
  void clear() { Ring().swap(*this); }

  void swap(Ring& other) noexcept {
    std::swap(slots_, other.slots_);
    std::swap(capacity_, other.capacity_);
    std::swap(head_, other.head_);
    std::swap(size_, other.size_);
  }

 private:
  std::size_t slot(std::size_t index) const {
    assert(index < size_);
    return (head_ + index) & (capacity_ - 1);
  }

  void grow() {
    const std::uint32_t capacity =
        capacity_ == 0 ? 1 : capacity_ * 2;  // most queues of an idle session held one
    auto slots = std::make_unique<T[]>(capacity);
    for (std::size_t i = 0; i < size_; ++i) slots[i] = std::move((*this)[i]);
    slots_ = std::move(slots);
    capacity_ = capacity;
    head_ = 0;
  }

  std::unique_ptr<T[]> slots_;
  std::uint32_t capacity_ = 0;
  std::uint32_t head_ = 0;
  std::uint32_t size_ = 0;
};

}  // namespace gateway
