#pragma once

#include <bitset>
#include <cstdint>

namespace gateway::transport {

/// Tells repeated and overtaken groups of type 11 from new ones, exactly as clients do: a bit for each of 128
/// groups. The first group may be any number, since clients before 4.1.4.9 go on counting across connections.
/// Source: README.md, "Receiving".
class UnsequencedWindow {
 public:
  static constexpr std::uint32_t size = 128;

  /// True when the group is new; it then counts as received.
  bool accept(std::uint32_t group) {
    if (group >= base_ && group - base_ >= size) {
      base_ = group - group % size;
      received_.reset();
    }
    if (group < base_ || received_[group % size]) return false;
    return received_[group % size] = true;
  }

 private:
  std::uint32_t base_ = 0;
  std::bitset<size> received_;
};

}  // namespace gateway::transport
