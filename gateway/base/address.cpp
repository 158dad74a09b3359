#include "base/address.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>

namespace gateway {

namespace {

bool private_v4(const Address& address) {
  const std::uint8_t a = address.ip[12];
  const std::uint8_t b = address.ip[13];
  return a == 10 || (a == 172 && b >= 16 && b < 32) || (a == 192 && b == 168) || (a == 169 && b == 254);
}

bool private_v6(const Address& address) {
  const bool unique_local = (address.ip[0] & 0xFE) == 0xFC;
  return unique_local || link_local_v6(address);
}

}  // namespace

bool is_ipv4(const Address& address) {
  return std::equal(ipv4_prefix.begin(), ipv4_prefix.end(), address.ip.begin());
}

bool is_wildcard(const Address& address) {
  const auto first = address.ip.begin() + (is_ipv4(address) ? ipv4_prefix.size() : 0);
  return std::all_of(first, address.ip.end(), [](std::uint8_t byte) { return byte == 0; });
}

bool loopback(const Address& address) {
  if (is_ipv4(address)) return address.ip[12] == 127;
  constexpr std::array<std::uint8_t, 16> one = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  return address.ip == one;
}

bool link_local_v6(const Address& address) {
  return address.ip[0] == 0xFE && (address.ip[1] & 0xC0) == 0x80;
}

bool private_network(const Address& address) {
  if (loopback(address)) return true;
  return is_ipv4(address) ? private_v4(address) : private_v6(address);
}

Address limit_key(const Address& address) {
  Address key = address;
  key.port = 0;
  if (!is_ipv4(address)) std::fill(key.ip.begin() + 8, key.ip.end(), std::uint8_t{0});
  return key;
}

std::string ip_text(const Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (is_ipv4(address)) {
    inet_ntop(AF_INET, &address.ip[12], text.data(), text.size());
  } else {
    inet_ntop(AF_INET6, address.ip.data(), text.data(), text.size());
  }
  return text.data();
}

}  // namespace gateway
