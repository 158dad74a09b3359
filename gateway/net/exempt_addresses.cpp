#include "net/exempt_addresses.h"

#include <algorithm>
#include <utility>

namespace gateway::net {

namespace {

Address without_port(Address address) {
  address.port = 0;
  return address;
}

}  // namespace

void ExemptAddresses::use(const std::vector<Address>& addresses) {
  std::vector<Address> sorted;
  sorted.reserve(addresses.size());
  for (const Address& address : addresses) sorted.push_back(without_port(address));
  std::sort(sorted.begin(), sorted.end());
  const std::lock_guard lock(mutex_);
  addresses_ = std::move(sorted);
}

bool ExemptAddresses::contains(const Address& address) const {
  const std::lock_guard lock(mutex_);
  return std::binary_search(addresses_.begin(), addresses_.end(), without_port(address));
}

}  // namespace gateway::net
