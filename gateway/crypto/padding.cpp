#include "crypto/padding.h"

#include <cstdint>

#include "crypto/cipher.h"

namespace gateway::crypto {

namespace {

// 0xFF when a < b, else 0x00, without a branch; for values below 256.
std::uint8_t mask_if_less(std::size_t a, std::size_t b) {
  return static_cast<std::uint8_t>((a - b) >> 8);
}

}  // namespace

std::size_t padding_of(Bytes last_block) {
  const std::uint8_t padding = last_block.back();
  auto wrong = static_cast<std::uint8_t>(mask_if_less(padding, 1) | mask_if_less(block_bytes, padding));
  for (std::size_t i = 0; i < block_bytes; ++i) {
    const std::uint8_t counts = mask_if_less(i, padding);
    wrong = static_cast<std::uint8_t>(wrong | (counts & (last_block[block_bytes - 1 - i] ^ padding)));
  }
  const std::size_t right = mask_if_less(wrong, 1);  // 0xFF, which no padding is longer than
  return padding & right;
}

}  // namespace gateway::crypto
