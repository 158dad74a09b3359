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

}  // namespace gateway
