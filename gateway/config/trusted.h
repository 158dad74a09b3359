#pragma once

#include <string>

#include "base/address.h"

namespace gateway::config {

/// What is sealed toward clients travels in the clear to the server, so that link must not cross a public
/// network. True for loopback, RFC 1918, unique local (fc00::/7) and link-local addresses, IPv4 in its
/// v4-mapped form too.
bool private_network(const Address& address);

/// True for 127.0.0.0/8 and ::1.
bool loopback(const Address& address);

/// True for fe80::/10, which means nothing without an interface.
bool link_local_v6(const Address& address);

/// True for an address of this machine: loopback, 0.0.0.0 and ::, or one that an interface has.
bool own_address(const Address& address);

/// "10.0.0.1" or "2001:db8::1", without the port.
std::string ip_text(const Address& address);

}  // namespace gateway::config
