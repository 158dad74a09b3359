#pragma once

#include <atomic>
#include <cstdint>

namespace gateway {

/// A statistic with one writer (its shard) that any thread may read. Adding costs a plain load and store.
class Counter {
 public:
  Counter() = default;
  /// A copy is a snapshot, with a writer of its own.
  Counter(const Counter& other) : value_(other.value()) {}
  Counter& operator=(const Counter& other) {
    set(other.value());
    return *this;
  }

  void add(std::uint64_t amount = 1) { set(value() + amount); }
  void subtract(std::uint64_t amount = 1) { set(value() - amount); }
  void set(std::uint64_t value) { value_.store(value, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

}  // namespace gateway
