#include "config/url.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstring>
#include <netinet/in.h>
#include <optional>
#include <utility>

#include "base/host.h"
#include "config/quantity.h"
#include "config/suggest.h"

namespace gateway::config {
namespace {

constexpr std::string_view schemes[] = {"udp", "tcp", "ws", "wss", "http"};
constexpr std::string_view host_characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
constexpr std::string_view ipv6_characters = "0123456789abcdefABCDEF:.";

Address from_ipv4(const in_addr& ip, std::uint16_t port) {
  Address address{.ip = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF}, .port = port};
  std::memcpy(&address.ip[12], &ip, 4);
  return address;
}

Address from_ipv6(const in6_addr& ip, std::uint16_t port) {
  Address address{.port = port};
  std::memcpy(address.ip.data(), &ip, 16);
  return address;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  const std::optional<std::uint64_t> port = parse_number(text);
  if (!port || *port == 0 || *port > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(*port);
}

/// Host and port of "host:port" or "[v6]:port"; an empty host when it is neither.
struct HostPort {
  std::string_view host;
  std::string_view port;
};

HostPort split(std::string_view authority) {
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find("]:");
    if (end == std::string_view::npos) return {};
    const std::string_view host = authority.substr(1, end - 1);
    if (host.find_first_not_of(ipv6_characters) != std::string_view::npos) return {};
    return {host, authority.substr(end + 2)};
  }
  const std::size_t colon = authority.find(':');
  if (colon == std::string_view::npos) return {};
  const std::string_view host = authority.substr(0, colon);
  if (host.find_first_not_of(host_characters) != std::string_view::npos) return {};
  return {host, authority.substr(colon + 1)};
}

}  // namespace

Url parse_url(const Located& url, std::string_view example_scheme) {
  const std::string example = "; write a URL such as " + std::string(example_scheme) + "://127.0.0.1:5055";
  const std::size_t scheme_end = url.text.find("://");
  if (scheme_end == std::string::npos) url.fail("\"" + url.text + "\" has no scheme" + example);
  const std::string scheme = url.text.substr(0, scheme_end);
  if (std::find(std::begin(schemes), std::end(schemes), scheme) == std::end(schemes)) {
    url.fail("unknown scheme \"" + scheme + "\"" + hint(scheme, schemes));
  }
  const auto [host, port_text] = split(std::string_view(url.text).substr(scheme_end + 3));
  if (host.empty()) url.fail("\"" + url.text + "\" must be " + scheme + "://host:port" + example);
  const std::optional<std::uint16_t> port = parse_port(port_text);
  if (!port) {
    url.fail("\"" + std::string(port_text) + "\" is no port; it must be a number from 1 to 65535" + example);
  }
  return {.scheme = scheme, .host = std::string(host), .port = *port};
}

std::vector<Address> resolve(const Located& where, const Url& url) {
  Resolved resolved = resolve_host(url.host, url.port);
  if (resolved.addresses.empty()) where.fail("\"" + url.host + "\" " + resolved.error);
  return std::move(resolved.addresses);
}

Address parse_ip(const Located& text) {
  in_addr v4{};
  if (inet_pton(AF_INET, text.text.c_str(), &v4) == 1) return from_ipv4(v4, 0);
  in6_addr v6{};
  if (inet_pton(AF_INET6, text.text.c_str(), &v6) == 1) return from_ipv6(v6, 0);
  text.fail("\"" + text.text + "\" is no address; write one such as 127.0.0.1 or \"::1\", without a port");
}

}  // namespace gateway::config
