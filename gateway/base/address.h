#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>

namespace gateway {

/// The address and port of a peer, IPv4 as v4-mapped IPv6; the bytes in network order, the port in ours.
/// Below net/ it is only compared and hashed, never dialled.
struct Address {
  std::array<std::uint8_t, 16> ip{};
  std::uint16_t port = 0;

  auto operator<=>(const Address&) const = default;
};

/// What the 12 bytes before an IPv4 address are.
inline constexpr std::array<std::uint8_t, 12> ipv4_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

/// True for IPv4 addresses, which are kept as v4-mapped IPv6.
bool is_ipv4(const Address& address);
/// True for 0.0.0.0 and ::, which listen on every address of the machine.
bool is_wildcard(const Address& address);
/// True for 127.0.0.0/8 and ::1.
bool loopback(const Address& address);
/// True for fe80::/10, which means nothing without an interface.
bool link_local_v6(const Address& address);
/// What is sealed toward clients travels in the clear to the server, so that link must not cross a public
/// network. True for loopback, RFC 1918, unique local (fc00::/7) and link-local addresses, IPv4 in its
/// v4-mapped form too.
bool private_network(const Address& address);
/// Whom a limit per address counts: an IPv4 address, or the /64 of an IPv6 one; port 0.
Address limit_key(const Address& address);
/// "10.0.0.1" or "2001:db8::1", without the port.
std::string ip_text(const Address& address);

}  // namespace gateway
