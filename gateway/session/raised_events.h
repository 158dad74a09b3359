#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace gateway::session {

/// The event codes that some client of a pool raised encrypted. It only grows, lives as long as the process,
/// and is the one thing that sessions of several shards share on the packet path: an atomic load per event.
class RaisedEvents {
 public:
  void add(std::uint8_t code) {
    if (!contains(code)) word(code).fetch_or(bit(code), std::memory_order_relaxed);
  }
  void add_all() {
    for (auto& word : words_) word.store(~std::uint64_t{0}, std::memory_order_relaxed);
  }
  bool contains(std::uint8_t code) const {
    return (words_[code / 64U].load(std::memory_order_relaxed) & bit(code)) != 0;
  }

 private:
  static std::uint64_t bit(std::uint8_t code) { return std::uint64_t{1} << (code % 64U); }
  std::atomic<std::uint64_t>& word(std::uint8_t code) { return words_[code / 64U]; }

  std::array<std::atomic<std::uint64_t>, 4> words_{};
};

}  // namespace gateway::session
