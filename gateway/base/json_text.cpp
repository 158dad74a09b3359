#include "base/json_text.h"

#include <cstddef>
#include <cstdint>

namespace gateway {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

std::uint8_t byte_at(std::string_view text, std::size_t position) {
  return static_cast<std::uint8_t>(text[position]);
}

// What stands between the first two bytes rules out surrogates, overlong forms and what is beyond Unicode.
bool second_fits(std::uint8_t first, std::uint8_t second) {
  switch (first) {
    case 0xE0:
      return second >= 0xA0;
    case 0xED:
      return second < 0xA0;
    case 0xF0:
      return second >= 0x90;
    case 0xF4:
      return second < 0x90;
    default:
      return true;
  }
}

void append_ascii(std::string& out, char character) {
  const auto code = static_cast<std::uint8_t>(character);
  if (character == '"' || character == '\\') {
    out += {'\\', character};
  } else if (code < 0x20 || code == 0x7F) {
    constexpr std::string_view digits = "0123456789abcdef";
    out += "\\u00";
    out += {digits[code >> 4U], digits[code & 0x0FU]};
  } else {
    out += character;
  }
}

}  // namespace

std::size_t utf8_character(std::string_view text) {
  if (text.empty()) return 0;
  const std::uint8_t first = byte_at(text, 0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  const std::size_t size = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (text.size() < size || !second_fits(first, byte_at(text, 1))) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte_at(text, i) & 0xC0U) != 0x80) return 0;
  }
  return size;
}

void append_json_text(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const std::size_t size = utf8_character(text);
    if (size == 1) {
      append_ascii(out, text.front());
    } else {
      out += size == 0 ? replacement : text.substr(0, size);
    }
    text.remove_prefix(size == 0 ? 1 : size);
  }
  out += '"';
}

}  // namespace gateway
