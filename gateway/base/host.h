#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/address.h"

namespace gateway {

/// What a host resolved to: addresses, or a sentence's end that says why there are none.
struct Resolved {
  std::vector<Address> addresses;
  std::string error;
};

/// The addresses of a host (a name or an address in text), each with `port`, as arrange_addresses() leaves
/// them. Asks the system and may block for as long as that takes.
Resolved resolve_host(const std::string& host, std::uint16_t port);

/// In the system's order, but those of IPv4 first, and without IPv6's link-local ones where there are others.
/// Game servers listen on IPv4 nearly always, while the system prefers IPv6 for a name that means both, as
/// "localhost" does on Debian.
void arrange_addresses(std::vector<Address>& addresses);

/// False for an address in text, which can't come to mean another.
bool is_host_name(const std::string& host);

/// True for an address of this machine: loopback, 0.0.0.0 and ::, or one that an interface has.
bool own_address(const Address& address);

/// True if what is sent to `target` arrives at a socket of this machine that listens on `listen`.
bool arrives_at(const Address& target, const Address& listen);

}  // namespace gateway
