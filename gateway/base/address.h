#pragma once

#include <array>
#include <compare>
#include <cstdint>

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

}  // namespace gateway
