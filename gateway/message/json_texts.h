#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gateway::message {

/// The texts of one parameter of an object in JSON mode: its value if that is a string, or the strings of an
/// array; other values have none. Source: README.md, "JSON units".
class JsonTexts {
 public:
  /// `payload` is one that parse_json_message() reads.
  JsonTexts(std::string_view payload, std::uint8_t parameter);

  /// The next text as it is written, in its quotes: a view into the payload. Empty behind the last one.
  std::optional<std::string_view> next();

 private:
  void open_value();
  std::string_view token();
  void skip_separators();

  std::string_view rest_;
  bool in_array_ = false;
  bool done_ = false;
};

/// What a text in quotes says: its escapes undone. Empty when it is no string.
std::string read_json_text(std::string_view quoted);
/// The other way round.
std::string write_json_text(std::string_view text);

}  // namespace gateway::message
