#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "config/located.h"

namespace gateway::config {

/// "scheme://host:port", taken apart. Nothing else of a URL is allowed.
struct Url {
  std::string scheme;  // one of udp, tcp, ws, wss, http
  std::string host;    // a name or address, IPv6 without its brackets
  std::uint16_t port = 0;
};

/// Throws Error with an example of a right URL (of `scheme`).
Url parse_url(const Located& url, std::string_view example_scheme);

/// Every address of the URL's host, in the system's order, with its port. Throws Error if there is none.
std::vector<Address> resolve(const Located& where, const Url& url);

/// An IPv4 or IPv6 address without a port. Throws Error.
Address parse_ip(const Located& text);

}  // namespace gateway::config
