#include "message/json_texts.h"

#include <algorithm>
#include <string>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "message/json_units.h"

namespace gateway::message {

namespace {

// All of this walks JSON that is known to be valid.

constexpr std::string_view spaces = " \t\r\n";
constexpr std::string_view text_of_parameters_key = "\"vals\"";

std::size_t string_end(std::string_view text) {
  std::size_t at = 1;
  while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2U : 1U;
  return std::min(at + 1, text.size());
}

/// Bytes of the value that `text` begins with.
std::size_t value_end(std::string_view text) {
  std::size_t depth = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const char letter = text[at];
    if (letter == '"') {
      at += string_end(text.substr(at));
      if (depth == 0) return at;
      continue;
    }
    if (letter == '[' || letter == '{') ++depth;
    if (letter == ']' || letter == '}') {
      if (depth == 0) return at;
      if (--depth == 0) return at + 1;
    }
    if (depth == 0 && (letter == ',' || letter == ':' || spaces.find(letter) != std::string_view::npos))
      return at;
    ++at;
  }
  return at;
}

bool is_key(std::string_view token, std::string_view key) {
  return std::ranges::equal(token, key, {}, [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; });
}

}  // namespace

JsonTexts::JsonTexts(std::string_view payload, std::uint8_t parameter) : rest_(payload) {
  rest_.remove_prefix(std::min(json_mark.size(), rest_.size()));
  skip_separators();
  if (rest_.empty()) return;
  rest_.remove_prefix(1);  // of the object
  const std::string wanted = std::to_string(parameter);
  while (!rest_.empty()) {
    const std::string_view key = token();
    if (key.empty()) break;
    if (!is_key(key, text_of_parameters_key)) {
      token();
      continue;
    }
    skip_separators();
    if (!rest_.starts_with('[')) break;
    rest_.remove_prefix(1);
    for (std::string_view name = token(); !name.empty(); name = token()) {
      if (name == wanted) {
        open_value();
        return;
      }
      token();
    }
    break;
  }
  rest_ = {};
}

void JsonTexts::open_value() {
  skip_separators();
  in_array_ = rest_.starts_with('[');
  if (in_array_) rest_.remove_prefix(1);
}

std::optional<std::string_view> JsonTexts::next() {
  while (!done_) {
    const std::string_view text = token();
    done_ = text.empty() || !in_array_;
    if (text.starts_with('"')) return text;
  }
  return std::nullopt;
}

// What stands between keys and values. In valid JSON a lone one says nothing more.
void JsonTexts::skip_separators() {
  rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n,:"), rest_.size()));
}

// The next key or value, behind whatever separates it; empty at the end of what it stands in.
std::string_view JsonTexts::token() {
  skip_separators();
  const std::size_t end = value_end(rest_);
  const std::string_view token = rest_.substr(0, end);
  rest_.remove_prefix(end);
  return token;
}

std::string read_json_text(std::string_view quoted) {
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse(quoted, error);
  return error || !value.is_string() ? std::string() : std::string(value.get_string());
}

std::string write_json_text(std::string_view text) {
  return boost::json::serialize(boost::json::string(text));
}

}  // namespace gateway::message
