#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gateway::test {

/// The head of an HTTP request or response: its first line and its headers as they came.
struct HttpHead {
  std::string first_line;
  std::vector<std::pair<std::string, std::string>> headers;

  /// The value of a header, whatever the case of its name; empty when it is missing or there twice.
  std::optional<std::string> header(std::string_view name) const;
  std::size_t count(std::string_view name) const;
  /// Of a request: method and target. Of a response: status. Empty or 0 when there is none.
  std::string method() const;
  std::string target() const;
  int status() const;
};

/// The head at the start of `stream`, without the empty line; empty while it is incomplete. `size` gets its
/// bytes, empty line included.
std::optional<HttpHead> read_http_head(std::string_view stream, std::size_t& size);
std::string write_http_head(const HttpHead& head);

}  // namespace gateway::test
