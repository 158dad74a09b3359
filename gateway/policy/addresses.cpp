#include "policy/addresses.h"

#include <algorithm>
#include <charconv>

namespace gateway::policy {

namespace {

char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

// Digits only, leading zeros as readers of numbers take them.
std::optional<std::uint16_t> parse_port(std::string_view text) {
  if (!std::ranges::all_of(text, is_digit)) return std::nullopt;
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || port == 0) return std::nullopt;
  return port;
}

std::string_view without_brackets(std::string_view host) {
  if (host.size() < 2 || host.front() != '[' || host.back() != ']') return host;
  return host.substr(1, host.size() - 2);
}

constexpr std::string_view scheme_mark = "://";

// Where "host:port" is in an address: from behind "://" to the first "/", as clients look for it.
Addresses::Match locate(std::string_view text) {
  const std::size_t scheme = text.find(scheme_mark);
  const std::size_t begin = scheme == std::string_view::npos ? 0 : scheme + scheme_mark.size();
  const std::size_t end = std::min(text.find('/', begin), text.size());
  return {begin, end - begin, {}};
}

bool equal(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace

std::optional<HostPort> parse_host_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = parse_port(text.substr(colon + 1));
  const std::string_view host = without_brackets(text.substr(0, colon));
  if (!port || host.empty()) return std::nullopt;
  return HostPort{host, *port};
}

std::string_view Addresses::Public::address() const {
  const std::size_t before = scheme.empty() ? 0 : scheme.size() + scheme_mark.size();
  return std::string_view(with_scheme).substr(before);
}

bool Addresses::add(const HostPort& server, std::string_view public_address, std::string_view scheme) {
  Public known_as{std::string(scheme), std::string(scheme)};
  if (!scheme.empty()) known_as.with_scheme += scheme_mark;
  known_as.with_scheme += public_address;
  const auto [entry, added] =
      public_addresses_.try_emplace(Server{std::string(server.host), server.port}, known_as);
  return added || entry->second == known_as;
}

std::optional<Addresses::Match> Addresses::find(std::string_view text) const {
  Match match = locate(text);
  const auto server = parse_host_port(text.substr(match.position, match.count));
  if (!server) return std::nullopt;
  const auto entry = public_addresses_.find(*server);
  if (entry == public_addresses_.end()) return std::nullopt;
  const Public& known_as = entry->second;
  match.public_address = known_as.address();
  if (match.position == 0 || known_as.scheme.empty()) return match;
  if (equal(text.substr(0, match.position - scheme_mark.size()), known_as.scheme)) return match;
  return Match{0, match.position + match.count, known_as.with_scheme};
}

bool Addresses::Less::less(const HostPort& a, const HostPort& b) {
  if (a.port != b.port) return a.port < b.port;
  return std::ranges::lexicographical_compare(a.host, b.host, {}, lower, lower);
}

}  // namespace gateway::policy
