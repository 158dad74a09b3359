#pragma once

#include <cstdint>

#include "base/ring.h"

namespace gateway::transport {

/// The numbers received on a counter without order: all up to complete(), and a bit for each above. The
/// caller bounds how far above. Source: README.md, "Receiving".
class ReceivedSet {
 public:
  bool contains(std::uint32_t number) const;
  void insert(std::uint32_t number);
  /// This number and every lower one was inserted; 0 at the start.
  std::uint32_t complete() const { return complete_; }
  /// Bytes of the words there is room for.
  std::size_t room_bytes() const { return words_.room_bytes(); }

 private:
  static constexpr std::uint32_t bits = 64;

  std::uint32_t complete_ = 0;
  std::uint32_t first_word_ = 0;  // words_[0] has the numbers from first_word_ · 64
  Ring<std::uint64_t> words_;
};

}  // namespace gateway::transport
