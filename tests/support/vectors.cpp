#include "support/vectors.h"

#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>

#include <boost/json/parse.hpp>

namespace gateway::test {

namespace {

std::optional<std::uint8_t> digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
  return std::nullopt;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

std::vector<std::uint8_t> from_hex(std::string_view hex) {
  std::vector<std::uint8_t> bytes;
  std::optional<std::uint8_t> high;
  for (const char c : hex) {
    if (c == ' ') continue;
    const auto value = digit(c);
    if (!value) throw std::invalid_argument("no hex digit in '" + std::string(hex) + "'");
    if (high) bytes.push_back(static_cast<std::uint8_t>(*high << 4 | *value));
    high = high ? std::nullopt : value;
  }
  if (high) throw std::invalid_argument("half a byte in '" + std::string(hex) + "'");
  return bytes;
}

std::string to_hex(Bytes bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (const std::uint8_t byte : bytes) {
    hex += digits[byte >> 4];
    hex += digits[byte & 15];
  }
  return hex;
}

std::string data_path(std::string_view name) {
  return GATEWAY_SOURCE_DIR "/tests/data/" + std::string(name);
}

boost::json::value load_vectors(std::string_view name) {
  return boost::json::parse(read_file(data_path("vectors/" + std::string(name))));
}

std::vector<Vector> load_vector_list(std::string_view name) {
  const boost::json::value list = load_vectors(name);
  std::vector<Vector> vectors;
  for (const auto& entry : list.as_array()) {
    const auto& fields = entry.as_object();
    vectors.push_back(
        {std::string(fields.at("what").as_string()), from_hex(fields.at("hex").as_string()), fields});
  }
  return vectors;
}

}  // namespace gateway::test
