#pragma once

#include <vector>

#include "base/address.h"

namespace gateway::net {

/// limits.exempt: addresses without a limit of their own, whatever their port.
class ExemptAddresses {
 public:
  explicit ExemptAddresses(const std::vector<Address>& addresses);

  bool contains(const Address& address) const;

 private:
  std::vector<Address> addresses_;  // sorted, port 0
};

}  // namespace gateway::net
