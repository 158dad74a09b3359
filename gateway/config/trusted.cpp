#include "config/trusted.h"

#include <arpa/inet.h>
#include <array>
#include <cstring>
#include <ifaddrs.h>
#include <netinet/in.h>

namespace gateway::config {
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

/// True when an interface has the address.
bool has_interface(const Address& address, const ifaddrs& interface) {
  if (interface.ifa_addr == nullptr) return false;
  if (interface.ifa_addr->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, interface.ifa_addr, sizeof v4);
    return is_ipv4(address) && std::memcmp(&address.ip[12], &v4.sin_addr, 4) == 0;
  }
  if (interface.ifa_addr->sa_family != AF_INET6) return false;
  sockaddr_in6 v6{};
  std::memcpy(&v6, interface.ifa_addr, sizeof v6);
  return std::memcmp(address.ip.data(), &v6.sin6_addr, address.ip.size()) == 0;
}

}  // namespace

bool link_local_v6(const Address& address) {
  return address.ip[0] == 0xFE && (address.ip[1] & 0xC0) == 0x80;
}

bool own_address(const Address& address) {
  if (loopback(address) || is_wildcard(address)) return true;
  ifaddrs* interfaces = nullptr;
  if (getifaddrs(&interfaces) != 0) return false;
  bool found = false;
  for (const ifaddrs* i = interfaces; i != nullptr && !found; i = i->ifa_next)
    found = has_interface(address, *i);
  freeifaddrs(interfaces);
  return found;
}

bool loopback(const Address& address) {
  if (is_ipv4(address)) return address.ip[12] == 127;
  constexpr std::array<std::uint8_t, 16> one = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  return address.ip == one;
}

bool private_network(const Address& address) {
  if (loopback(address)) return true;
  return is_ipv4(address) ? private_v4(address) : private_v6(address);
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

}  // namespace gateway::config
