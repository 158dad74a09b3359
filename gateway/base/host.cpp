#include "base/host.h"

#include <algorithm>
#include <cstring>
#include <ifaddrs.h>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>

namespace gateway {

namespace {

using Found = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

Address from_sockaddr(const sockaddr* from, std::uint16_t port) {
  Address address{.ip = {}, .port = port};
  if (from->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, from, sizeof v4);
    std::copy(ipv4_prefix.begin(), ipv4_prefix.end(), address.ip.begin());
    std::memcpy(address.ip.data() + ipv4_prefix.size(), &v4.sin_addr, sizeof v4.sin_addr);
  } else {
    sockaddr_in6 v6{};
    std::memcpy(&v6, from, sizeof v6);
    std::memcpy(address.ip.data(), &v6.sin6_addr, address.ip.size());
  }
  return address;
}

bool is_internet(const sockaddr* from) {
  return from != nullptr && (from->sa_family == AF_INET || from->sa_family == AF_INET6);
}

/// getaddrinfo() with its result owned; `error` is its return value.
Found look_up(const std::string& host, int flags, int& error) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_DGRAM;  // one entry an address, not one a socket type
  hints.ai_flags = flags;
  addrinfo* found = nullptr;
  error = getaddrinfo(host.c_str(), nullptr, &hints, &found);
  return {error == 0 ? found : nullptr, freeaddrinfo};
}

}  // namespace

Resolved resolve_host(const std::string& host, std::uint16_t port) {
  int error = 0;
  const Found found = look_up(host, 0, error);
  if (error != 0) return {.addresses = {}, .error = std::string("can't be resolved: ") + gai_strerror(error)};
  Resolved resolved;
  for (const addrinfo* entry = found.get(); entry != nullptr; entry = entry->ai_next) {
    if (is_internet(entry->ai_addr)) resolved.addresses.push_back(from_sockaddr(entry->ai_addr, port));
  }
  arrange_addresses(resolved.addresses);
  if (resolved.addresses.empty()) resolved.error = "has no IPv4 or IPv6 address";
  return resolved;
}

void arrange_addresses(std::vector<Address>& addresses) {
  const bool all_link_local = std::all_of(addresses.begin(), addresses.end(), link_local_v6);
  if (!all_link_local) std::erase_if(addresses, link_local_v6);
  std::stable_partition(addresses.begin(), addresses.end(), is_ipv4);
}

bool is_host_name(const std::string& host) {
  int error = 0;
  look_up(host, AI_NUMERICHOST, error);
  return error != 0;
}

bool own_address(const Address& address) {
  if (loopback(address) || is_wildcard(address)) return true;
  ifaddrs* interfaces = nullptr;
  if (getifaddrs(&interfaces) != 0) return false;
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(interfaces, freeifaddrs);
  for (const ifaddrs* i = interfaces; i != nullptr; i = i->ifa_next) {
    if (is_internet(i->ifa_addr) && from_sockaddr(i->ifa_addr, address.port) == address) return true;
  }
  return false;
}

bool arrives_at(const Address& target, const Address& listen) {
  if (target.port != listen.port) return false;
  if (target.ip == listen.ip) return true;
  // A socket on all IPv6 addresses takes no IPv4.
  return is_wildcard(listen) && is_ipv4(target) == is_ipv4(listen) && own_address(target);
}

}  // namespace gateway
