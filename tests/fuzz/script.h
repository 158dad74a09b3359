#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/bytes.h"

namespace gateway::fuzz {

/// Reads an input as a script: numbers and pieces, zeros and nothing behind its end.
class Script {
 public:
  explicit Script(Bytes bytes) : rest_(bytes) {}

  bool over() const { return rest_.empty(); }
  std::uint8_t u8() {
    const Bytes byte = bytes(1);
    return byte.empty() ? std::uint8_t{0} : byte[0];
  }
  std::uint16_t u16() {
    const auto high = static_cast<std::uint16_t>(u8() << 8);
    return static_cast<std::uint16_t>(high | u8());
  }
  /// `count` bytes, or what there is.
  Bytes bytes(std::size_t count) {
    const Bytes piece = rest_.first(std::min(count, rest_.size()));
    rest_ = rest_.subspan(piece.size());
    return piece;
  }
  /// A length and then as many bytes.
  Bytes piece() { return bytes(u16()); }
  Bytes rest() { return bytes(rest_.size()); }

 private:
  Bytes rest_;
};

/// Writes what Script reads, for seeds.
class ScriptWriter {
 public:
  ScriptWriter& u8(std::size_t value) {
    bytes_.push_back(static_cast<std::uint8_t>(value));
    return *this;
  }
  ScriptWriter& u16(std::size_t value) { return u8(value >> 8).u8(value); }
  ScriptWriter& bytes(Bytes what) {
    bytes_.insert(bytes_.end(), what.begin(), what.end());
    return *this;
  }
  ScriptWriter& piece(Bytes what) { return u16(what.size()).bytes(what); }
  const std::vector<std::uint8_t>& written() const { return bytes_; }

 private:
  std::vector<std::uint8_t> bytes_;
};

/// True when `part` is a view into `whole`.
inline bool lies_in(Bytes part, Bytes whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

}  // namespace gateway::fuzz
