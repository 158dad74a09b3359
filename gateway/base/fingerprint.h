#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace gateway {

/// Sixteen hexadecimal digits that differ when texts do, except for somebody who wants them not to (FNV-1a).
inline std::string fingerprint(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3;
  std::string digits(16, '0');
  for (std::size_t i = digits.size(); i-- > 0; hash >>= 4) digits[i] = "0123456789abcdef"[hash & 0xF];
  return digits;
}

}  // namespace gateway
