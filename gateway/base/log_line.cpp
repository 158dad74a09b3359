#include "base/log_line.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

#include "base/json_text.h"

namespace gateway {

namespace {

constexpr char field_mark = '\x1f';  // then its kind, its key, value_mark and its value
constexpr char value_mark = '\x1e';
constexpr std::size_t number_max = 32;  // characters

// As field() is given them.
enum class FieldKind : char {
  word = 't',
  quoted = 'q',
  number = 'n',
  group = '(',
  group_end = ')',
  note = ':'
};

bool is_control(char character) {
  const auto code = static_cast<unsigned char>(character);
  return code < 0x20 || code == 0x7F;
}

bool is_mark(char character) {
  return character == field_mark || character == value_mark;
}

// Would be read as another type, or as more than one value.
bool needs_quotes(std::string_view text) {
  constexpr std::string_view special = "\"\\=";
  return text.empty() || text.ends_with('[') || std::ranges::any_of(text, [&](char c) {
           return c == ' ' || is_control(c) || special.find(c) != std::string_view::npos;
         });
}

std::string cleaned(std::string_view text) {
  std::string result(text);
  std::ranges::replace_if(result, is_mark, '?');
  return result;
}

void append_readable(std::string& out, std::string_view text) {
  for (const char c : text) out += is_control(c) ? '?' : c;
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) out += is_control(c) || c == '"' || c == '\\' ? '?' : c;
  out += '"';
}

struct Field {
  FieldKind kind = FieldKind::word;
  std::string_view key;
  std::string_view value;
};

/// Takes a line apart: the event, then its fields.
class Fields {
 public:
  explicit Fields(std::string_view line) : rest_(line), event_(take()) {}

  std::string_view event() const { return event_; }
  std::optional<Field> next() {
    if (rest_.empty()) return std::nullopt;
    rest_.remove_prefix(1);  // the mark
    const std::string_view field = take();
    const std::size_t mark = std::min(field.find(value_mark), field.size());
    if (mark == 0) return Field{};
    return Field{.kind = static_cast<FieldKind>(field.front()),
                 .key = field.substr(1, mark - 1),
                 .value = field.substr(std::min(mark + 1, field.size()))};
  }

 private:
  std::string_view take() {
    const std::size_t end = std::min(rest_.find(field_mark), rest_.size());
    const std::string_view taken = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return taken;
  }

  std::string_view rest_;
  std::string_view event_;
};

void append_text(std::string& out, const Field& field) {
  if (field.kind == FieldKind::group_end) {
    out += ']';
    return;
  }
  if (field.kind == FieldKind::note) {
    out += ": ";
    return append_readable(out, field.value);
  }
  if (!out.ends_with('[')) out += ' ';
  out += field.key;
  out += field.kind == FieldKind::group ? '[' : '=';
  if (field.kind == FieldKind::quoted || (field.kind == FieldKind::word && needs_quotes(field.value))) {
    append_quoted(out, field.value);
  } else {
    out += field.value;
  }
}

void append_member(std::string& out, const Field& field) {
  if (field.kind == FieldKind::group_end) {
    out += '}';
    return;
  }
  if (!out.ends_with('{')) out += ',';
  append_json_text(out, field.kind == FieldKind::note ? "note" : field.key);
  out += ':';
  if (field.kind == FieldKind::group) {
    out += '{';
  } else if (field.kind == FieldKind::number) {
    out += field.value;
  } else {
    append_json_text(out, field.value);
  }
}

std::string printed(const char* format, double value) {
  std::array<char, number_max> text{};
  const int size = std::snprintf(text.data(), text.size(), format, value);
  return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace

LogLine::LogLine(std::string_view event) : line_(cleaned(event)) {}

LogLine& LogLine::field(char kind, std::string_view key, std::string_view value) {
  line_ += {field_mark, kind};
  line_ += key;
  line_ += value_mark;
  line_ += cleaned(value);
  return *this;
}

LogLine& LogLine::text(std::string_view key, std::string_view value) {
  return field('t', key, value);
}

LogLine& LogLine::quoted(std::string_view key, std::string_view value) {
  return field('q', key, value);
}

LogLine& LogLine::number(std::string_view key, double value) {
  return field('n', key, printed("%g", value));
}

LogLine& LogLine::seconds(std::string_view key, Duration value) {
  return field('n', key, printed("%.3f", std::chrono::duration<double>(value).count()));
}

LogLine& LogLine::group(std::string_view key) {
  return field('(', key, {});
}

LogLine& LogLine::end_group() {
  return field(')', {}, {});
}

LogLine& LogLine::note(std::string_view sentence) {
  return field(':', {}, sentence);
}

std::string log_text(std::string_view line) {
  Fields fields(line);
  std::string out;
  append_readable(out, fields.event());
  while (const auto field = fields.next()) append_text(out, *field);
  return out;
}

std::string log_members(std::string_view line) {
  Fields fields(line);
  std::string out = R"("event":)";
  append_json_text(out, fields.event());
  while (const auto field = fields.next()) append_member(out, *field);
  return out;
}

}  // namespace gateway
