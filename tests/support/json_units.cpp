#include "support/json_units.h"

#include <charconv>

namespace gateway::test {

namespace {

constexpr std::string_view mark = "~m~";

/// Bytes of the UTF-8 character that begins with `first`.
std::size_t character_bytes(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

/// Bytes that `units` UTF-16 units take at the start of `text`; empty when it is shorter or one is cut.
std::optional<std::size_t> bytes_of_units(std::string_view text, std::size_t units) {
  std::size_t position = 0;
  while (units > 0) {
    if (position >= text.size()) return std::nullopt;
    const std::size_t size = character_bytes(text[position]);
    const std::size_t taken = size == 4 ? 2 : 1;
    if (taken > units) return std::nullopt;
    units -= taken;
    position += size;
  }
  return position <= text.size() ? std::optional(position) : std::nullopt;
}

std::size_t units_of(std::string_view text) {
  std::size_t units = 0;
  for (std::size_t i = 0; i < text.size(); i += character_bytes(text[i])) {
    units += character_bytes(text[i]) == 4 ? 2U : 1U;
  }
  return units;
}

}  // namespace

std::string write_unit(std::string_view payload) {
  return std::string(mark) + std::to_string(units_of(payload)) + std::string(mark) + std::string(payload);
}

std::optional<std::vector<std::string>> read_units(std::string_view text) {
  std::vector<std::string> payloads;
  while (!text.empty()) {
    if (!text.starts_with(mark)) return std::nullopt;
    text.remove_prefix(mark.size());
    const std::size_t end = text.find(mark);
    if (end == std::string_view::npos || end == 0) return std::nullopt;
    std::size_t units = 0;
    const auto read = std::from_chars(text.data(), text.data() + end, units);
    if (read.ec != std::errc{} || read.ptr != text.data() + end) return std::nullopt;
    text.remove_prefix(end + mark.size());
    const auto size = bytes_of_units(text, units);
    if (!size) return std::nullopt;
    payloads.emplace_back(text.substr(0, *size));
    text.remove_prefix(*size);
  }
  if (payloads.empty()) return std::nullopt;
  return payloads;
}

}  // namespace gateway::test
