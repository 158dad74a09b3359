#include "support/server_address.h"

#include <charconv>

namespace gateway::test {

namespace {

constexpr std::string_view scheme_end = "://";

std::uint16_t read_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() ? port : std::uint16_t{0};
}

}  // namespace

std::optional<ServerAddress> read_server_address(std::string_view text) {
  ServerAddress address;
  if (const std::size_t end = text.find(scheme_end); end != std::string_view::npos) {
    address.scheme = text.substr(0, end);
    text.remove_prefix(end + scheme_end.size());
  }
  if (const std::size_t slash = text.find('/'); slash != std::string_view::npos) {
    address.path = text.substr(slash);
    text = text.substr(0, slash);
  }
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  address.port = read_port(text.substr(colon + 1));
  std::string_view host = text.substr(0, colon);
  const bool brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (brackets) host = host.substr(1, host.size() - 2);
  if (!brackets && host.find(':') != std::string_view::npos) return std::nullopt;
  address.host = host;
  if (address.host.empty() || address.port == 0) return std::nullopt;
  return address;
}

}  // namespace gateway::test
