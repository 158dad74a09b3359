#pragma once

#include <cstdint>
#include <netinet/in.h>
#include <utility>

#include "base/address.h"

namespace gateway::test {

/// 127.0.0.1 and the port.
sockaddr_in loopback(std::uint16_t port);
/// A socket bound to the port (0: any) of the loopback interface and the port it got. Throws
/// std::runtime_error when it can't be.
std::pair<int, std::uint16_t> bound_socket(int type, std::uint16_t port);

Address from_system(const sockaddr_in& system);
sockaddr_in to_system(const Address& address);

/// A UDP port of the loopback interface that was free a moment ago.
std::uint16_t free_udp_port();
/// The same for TCP.
std::uint16_t free_tcp_port();

}  // namespace gateway::test
