#include "message/json_units.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace gateway::message {

namespace {

constexpr std::string_view unit_mark = "~m~";
constexpr std::size_t digits_max = 20;  // of a length that is written

std::uint8_t byte_at(std::string_view text, std::size_t position) {
  return static_cast<std::uint8_t>(text[position]);
}

bool continues(std::string_view text, std::size_t position) {
  return (byte_at(text, position) & 0xC0) == 0x80;
}

/// Bytes of the UTF-8 character at the beginning of `text`; 0 when there is none.
std::size_t character_bytes(std::string_view text) {
  const std::uint8_t first = byte_at(text, 0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  const std::size_t size = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if (!continues(text, i)) return 0;
  }
  return size;
}

/// A character of four bytes is a pair in UTF-16.
std::size_t units_of(std::size_t bytes) {
  return bytes == 4 ? 2 : 1;
}

/// The beginning of `text` that has `length` UTF-16 units; empty when there is none.
std::optional<std::string_view> first_units(std::string_view text, std::size_t length) {
  std::size_t position = 0;
  while (length > 0) {
    if (position == text.size()) return std::nullopt;
    const std::size_t bytes = character_bytes(text.substr(position));
    if (bytes == 0 || units_of(bytes) > length) return std::nullopt;
    length -= units_of(bytes);
    position += bytes;
  }
  return text.substr(0, position);
}

/// Takes ~m~LENGTH~m~ off the beginning of `text`; digits only, so that every reader reads the same number.
std::optional<std::size_t> take_length(std::string_view& text) {
  if (!text.starts_with(unit_mark)) return std::nullopt;
  text.remove_prefix(unit_mark.size());
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (!text.starts_with(unit_mark)) return std::nullopt;
  text.remove_prefix(unit_mark.size());
  return length;
}

}  // namespace

std::optional<JsonUnit> JsonUnits::next() {
  std::string_view text = rest_;
  const auto length = take_length(text);
  if (!length) return std::nullopt;
  const auto payload = first_units(text, *length);
  if (!payload) return std::nullopt;
  const std::size_t head = rest_.size() - text.size();
  const JsonUnit unit{rest_.substr(0, head + payload->size()), *payload};
  rest_.remove_prefix(unit.whole.size());
  return unit;
}

std::optional<std::size_t> utf16_length(std::string_view text) {
  std::size_t units = 0;
  while (!text.empty()) {
    const std::size_t bytes = character_bytes(text);
    if (bytes == 0) return std::nullopt;
    units += units_of(bytes);
    text.remove_prefix(bytes);
  }
  return units;
}

std::string json_response(std::uint8_t operation, std::int16_t error, std::string_view text) {
  return std::string(json_mark) + R"({"res":)" + std::to_string(operation) + R"(,"err":)" +
         std::to_string(error) + R"(,"msg":")" + std::string(text) + R"(","vals":[]})";
}

bool write_json_unit(ByteWriter& out, std::string_view payload) {
  const auto length = utf16_length(payload);
  if (!length) return false;
  std::array<char, digits_max> digits{};
  const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), *length).ptr;
  out.bytes(bytes_of(unit_mark));
  out.bytes(bytes_of({digits.data(), static_cast<std::size_t>(end - digits.data())}));
  out.bytes(bytes_of(unit_mark));
  out.bytes(bytes_of(payload));
  return out.ok();
}

}  // namespace gateway::message
