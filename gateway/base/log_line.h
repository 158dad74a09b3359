#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"

namespace gateway {

/// One record of the log: what happened, and fields with their types. It travels through the log as one text
/// in which separators mark the fields, and becomes a line when its format is known (log_text, log_members).
/// No value can hold a separator, so none can look like another field.
///
///     spdlog::info(LogLine("server up").text("upstream", name).str());
class LogLine {
 public:
  /// `event` is the same for every record of its kind, so that it can be searched for.
  explicit LogLine(std::string_view event);

  /// A word; as text in quotes where it isn't one.
  LogLine& text(std::string_view key, std::string_view value);
  /// Somebody else's text: always in quotes.
  LogLine& quoted(std::string_view key, std::string_view value);
  template <std::integral Number>
  LogLine& number(std::string_view key, Number value) {
    return field('n', key, std::to_string(value));
  }
  /// With as many digits as it has.
  LogLine& number(std::string_view key, double value);
  /// In seconds, with milliseconds.
  LogLine& seconds(std::string_view key, Duration value);
  /// What is added until end_group() belongs to `key`.
  LogLine& group(std::string_view key);
  LogLine& end_group();
  /// What to do about it, or what follows: a sentence behind the fields.
  LogLine& note(std::string_view sentence);

  const std::string& str() const { return line_; }

 private:
  LogLine& field(char kind, std::string_view key, std::string_view value);

  std::string line_;
};

/// A text given to the log as one line for people: `event key=value group[key=value]: note`. Control
/// characters in it become question marks, and in quotes so do quotes and backslashes.
std::string log_text(std::string_view line);

/// The same as members of a JSON object: `"event":"…","key":value,"group":{"key":value},"note":"…"`. A text
/// without fields is an event.
std::string log_members(std::string_view line);

}  // namespace gateway
