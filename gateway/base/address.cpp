#include "base/address.h"

#include <algorithm>

namespace gateway {

bool is_ipv4(const Address& address) {
  return std::equal(ipv4_prefix.begin(), ipv4_prefix.end(), address.ip.begin());
}

bool is_wildcard(const Address& address) {
  const auto first = address.ip.begin() + (is_ipv4(address) ? ipv4_prefix.size() : 0);
  return std::all_of(first, address.ip.end(), [](std::uint8_t byte) { return byte == 0; });
}

}  // namespace gateway
