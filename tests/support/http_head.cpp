#include "support/http_head.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace gateway::test {

namespace {

constexpr std::string_view line_end = "\r\n";

bool same_name(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
  });
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

/// The word of the first line at `index`, the first being 0.
std::string word(std::string_view line, int index) {
  for (; index > 0; --index) {
    const std::size_t blank = line.find(' ');
    if (blank == std::string_view::npos) return {};
    line.remove_prefix(blank + 1);
  }
  return std::string(line.substr(0, line.find(' ')));
}

}  // namespace

std::size_t HttpHead::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(headers, [&](const auto& header) { return same_name(header.first, name); }));
}

std::optional<std::string> HttpHead::header(std::string_view name) const {
  if (count(name) != 1) return std::nullopt;
  return std::ranges::find_if(headers, [&](const auto& header) { return same_name(header.first, name); })
      ->second;
}

std::string HttpHead::method() const {
  return word(first_line, 0);
}
std::string HttpHead::target() const {
  return word(first_line, 1);
}
int HttpHead::status() const {
  return std::atoi(word(first_line, 1).c_str());
}

std::optional<HttpHead> read_http_head(std::string_view stream, std::size_t& size) {
  const std::size_t end = stream.find("\r\n\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  size = end + 2 * line_end.size();
  HttpHead head;
  for (std::string_view rest = stream.substr(0, end + line_end.size()); !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find(line_end));
    rest.remove_prefix(line.size() + line_end.size());
    if (head.first_line.empty()) {
      head.first_line = line;
      continue;
    }
    const std::size_t colon = std::min(line.find(':'), line.size());
    const std::string_view value = colon < line.size() ? line.substr(colon + 1) : std::string_view{};
    head.headers.emplace_back(line.substr(0, colon), trimmed(value));
  }
  return head;
}

std::string write_http_head(const HttpHead& head) {
  std::string out = head.first_line + "\r\n";
  for (const auto& [name, value] : head.headers) out += name + ": " + value + "\r\n";
  return out + "\r\n";
}

}  // namespace gateway::test
