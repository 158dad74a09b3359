#include "net/address.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstring>
#include <netinet/in.h>

namespace gateway::net {

namespace {

std::uint64_t mix(std::uint64_t value) {  // the finaliser of SplitMix64
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9U;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBU;
  return value ^ (value >> 31);
}

}  // namespace

int family(const Address& address) {
  return is_ipv4(address) ? AF_INET : AF_INET6;
}

SocketAddress to_socket_address(const Address& address) {
  SocketAddress out;
  if (is_ipv4(address)) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(address.port);
    std::memcpy(&in.sin_addr, address.ip.data() + ipv4_prefix.size(), sizeof in.sin_addr);
    std::memcpy(&out.storage, &in, out.size = sizeof in);
  } else {
    sockaddr_in6 in{};
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(address.port);
    std::memcpy(&in.sin6_addr, address.ip.data(), sizeof in.sin6_addr);
    std::memcpy(&out.storage, &in, out.size = sizeof in);
  }
  return out;
}

Address from_socket_address(const sockaddr_storage& storage) {
  Address address;
  if (storage.ss_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &storage, sizeof in);
    std::copy(ipv4_prefix.begin(), ipv4_prefix.end(), address.ip.begin());
    std::memcpy(address.ip.data() + ipv4_prefix.size(), &in.sin_addr, sizeof in.sin_addr);
    address.port = ntohs(in.sin_port);
  } else if (storage.ss_family == AF_INET6) {
    sockaddr_in6 in{};
    std::memcpy(&in, &storage, sizeof in);
    std::memcpy(address.ip.data(), &in.sin6_addr, sizeof in.sin6_addr);
    address.port = ntohs(in.sin6_port);
  }
  return address;
}

std::optional<Address> parse_address(const std::string& ip, std::uint16_t port) {
  Address address{.ip = {}, .port = port};
  if (inet_pton(AF_INET, ip.c_str(), address.ip.data() + ipv4_prefix.size()) == 1) {
    std::copy(ipv4_prefix.begin(), ipv4_prefix.end(), address.ip.begin());
    return address;
  }
  if (inet_pton(AF_INET6, ip.c_str(), address.ip.data()) == 1) return address;
  return std::nullopt;
}

std::string to_text(const Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool v4 = is_ipv4(address);
  inet_ntop(family(address), address.ip.data() + (v4 ? ipv4_prefix.size() : 0), text.data(), text.size());
  const std::string ip = text.data();
  return (v4 ? ip : "[" + ip + "]") + ":" + std::to_string(address.port);
}

std::uint64_t seeded_hash(const Address& address, std::uint64_t seed) {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  std::memcpy(&high, address.ip.data(), sizeof high);
  std::memcpy(&low, address.ip.data() + sizeof high, sizeof low);
  return mix(mix(mix(high ^ seed) ^ low) + address.port);
}

}  // namespace gateway::net
