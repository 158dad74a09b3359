#include "net/exempt_addresses.h"

#include <algorithm>

namespace gateway::net {

namespace {

Address without_port(Address address) {
  address.port = 0;
  return address;
}

}  // namespace

ExemptAddresses::ExemptAddresses(const std::vector<Address>& addresses) {
  for (const Address& address : addresses) addresses_.push_back(without_port(address));
  std::sort(addresses_.begin(), addresses_.end());
}

bool ExemptAddresses::contains(const Address& address) const {
  return std::binary_search(addresses_.begin(), addresses_.end(), without_port(address));
}

}  // namespace gateway::net
