#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <sys/socket.h>

#include "base/address.h"

namespace gateway::net {

/// An Address as system calls take it.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

/// AF_INET or AF_INET6.
int family(const Address& address);

/// A sockaddr_in or sockaddr_in6, by the address's family.
SocketAddress to_socket_address(const Address& address);
/// The other way; an all-zero address for families other than AF_INET and AF_INET6.
Address from_socket_address(const sockaddr_storage& storage);

/// An IP address in text ("10.0.0.1", "::1") with a port; empty when it isn't one. No names are resolved.
std::optional<Address> parse_address(const std::string& ip, std::uint16_t port);
/// "10.0.0.1:5055" or "[::1]:5055".
std::string to_text(const Address& address);

/// Spreads addresses over a table; under a random seed nobody can pick some that meet.
std::uint64_t seeded_hash(const Address& address, std::uint64_t seed);

}  // namespace gateway::net
