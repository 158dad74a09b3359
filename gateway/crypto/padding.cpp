#include "crypto/padding.h"

#include <bit>
#include <cstring>

namespace gateway::crypto {

namespace {

// 0xFF when a < b, else 0x00, without a branch; for values below 256.
std::uint8_t mask_if_less(std::size_t a, std::size_t b) {
  return static_cast<std::uint8_t>((a - b) >> 8);
}

template <class Word>
std::uint64_t word_at(const std::uint8_t* at) {
  Word word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// Less than eight bytes, the first one lowest, as two words that overlap: a copy of so few costs more.
std::uint64_t few_bytes(Bytes bytes) {
  const std::size_t size = bytes.size();
  const std::uint8_t* at = bytes.data();
  if (size == 0) return 0;
  if (size >= 4) return word_at<std::uint32_t>(at) | word_at<std::uint32_t>(at + size - 4) << 8 * (size - 4);
  return at[0] | std::uint64_t{at[size / 2]} << 8 * (size / 2) |
         std::uint64_t{at[size - 1]} << 8 * (size - 1);
}

}  // namespace

Block padded(Bytes end) {
  const std::uint64_t padding = 0x0101010101010101 * (block_bytes - end.size());
  std::array<std::uint64_t, 2> words = {padding, padding};
  if (end.size() < 8) {
    words[0] = few_bytes(end) | padding << 8 * end.size();
  } else {
    words[0] = word_at<std::uint64_t>(end.data());
    words[1] = few_bytes(end.subspan(8)) | padding << 8 * (end.size() - 8);
  }
  static_assert(std::endian::native == std::endian::little);
  return std::bit_cast<Block>(words);
}

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
