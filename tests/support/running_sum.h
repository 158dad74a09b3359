#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace gateway::test {

/// What passed in one direction, when it is too much to be kept: both ends of a lossless, ordered way have
/// equal sums.
struct RunningSum {
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
  std::uint64_t checksum = 0xCBF2'9CE4'8422'2325;  // FNV-1a of the messages' bytes and their lengths

  void add(Bytes message) {
    ++messages;
    bytes += message.size();
    for (const std::uint8_t byte : message) mix(byte);
    mix(message.size());
  }

  bool operator==(const RunningSum&) const = default;

 private:
  void mix(std::uint64_t value) { checksum = (checksum ^ value) * 0x100'0000'01B3; }
};

}  // namespace gateway::test
