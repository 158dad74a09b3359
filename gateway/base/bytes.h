#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace gateway {

using Bytes = std::span<const std::uint8_t>;
using MutableBytes = std::span<std::uint8_t>;

/// The same memory seen as text, and text seen as bytes.
inline std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Reads numbers from a byte string. The first read past the end makes ok() false for good; every later read
/// gives 0 or an empty view, so a parser reads straight down and checks once at the end.
class ByteReader {
 public:
  explicit ByteReader(Bytes bytes) : bytes_(bytes) {}

  std::uint8_t u8() { return static_cast<std::uint8_t>(big_endian(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(big_endian(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(big_endian(4)); }
  std::uint16_t u16_little() { return static_cast<std::uint16_t>(little_endian(2)); }

  /// The next `count` bytes as a view; empty and !ok() when there are fewer.
  Bytes bytes(std::size_t count) {
    if (!take(count)) return {};
    return bytes_.subspan(position_ - count, count);
  }
  void skip(std::size_t count) { take(count); }

  bool ok() const { return ok_; }
  /// Makes every later read fail: for a parser that found a value it can't accept.
  void fail() { ok_ = false; }
  std::size_t position() const { return position_; }
  std::size_t remaining() const { return ok_ ? bytes_.size() - position_ : 0; }

 private:
  bool take(std::size_t count) {
    if (!ok_ || bytes_.size() - position_ < count) return ok_ = false;
    position_ += count;
    return true;
  }
  std::uint64_t big_endian(std::size_t count) {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : bytes(count)) value = value << 8 | byte;
    return value;
  }
  std::uint64_t little_endian(std::size_t count) {
    std::uint64_t value = 0;
    const Bytes view = bytes(count);
    for (std::size_t i = view.size(); i-- > 0;) value = value << 8 | view[i];
    return value;
  }

  Bytes bytes_;
  std::size_t position_ = 0;
  bool ok_ = true;
};

/// Writes numbers into a caller's buffer, big-endian unless the name says little. The first write past the
/// end makes ok() false for good and writes nothing.
class ByteWriter {
 public:
  explicit ByteWriter(MutableBytes bytes) : bytes_(bytes) {}

  void u8(std::uint8_t value) { big_endian(value, 1); }
  void u16(std::uint16_t value) { big_endian(value, 2); }
  void u32(std::uint32_t value) { big_endian(value, 4); }
  void u16_little(std::uint16_t value) {
    u8(static_cast<std::uint8_t>(value));
    u8(static_cast<std::uint8_t>(value >> 8));
  }
  void bytes(Bytes data) {
    if (MutableBytes target = reserve(data.size()); ok_) std::copy(data.begin(), data.end(), target.begin());
  }
  /// Skips `count` bytes for the caller to fill; empty and !ok() when they don't fit.
  MutableBytes reserve(std::size_t count) {
    if (!ok_ || bytes_.size() - position_ < count) {
      ok_ = false;
      return {};
    }
    position_ += count;
    return bytes_.subspan(position_ - count, count);
  }

  bool ok() const { return ok_; }
  std::size_t position() const { return position_; }
  std::size_t remaining() const { return ok_ ? bytes_.size() - position_ : 0; }
  MutableBytes written() const { return bytes_.first(position_); }

 private:
  void big_endian(std::uint32_t value, std::size_t count) {
    MutableBytes target = reserve(count);
    for (std::size_t i = target.size(); i-- > 0; value >>= 8) target[i] = static_cast<std::uint8_t>(value);
  }

  MutableBytes bytes_;
  std::size_t position_ = 0;
  bool ok_ = true;
};

}  // namespace gateway
