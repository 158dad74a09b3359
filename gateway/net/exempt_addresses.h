#pragma once

#include <mutex>
#include <vector>

#include "base/address.h"

namespace gateway::net {

/// limits.exempt: addresses without a limit of their own, whatever their port. Thread-safe.
class ExemptAddresses {
 public:
  ExemptAddresses() = default;
  explicit ExemptAddresses(const std::vector<Address>& addresses) { use(addresses); }

  /// From now on these.
  void use(const std::vector<Address>& addresses);
  bool contains(const Address& address) const;

 private:
  mutable std::mutex mutex_;
  std::vector<Address> addresses_;  // sorted, port 0; under mutex_
};

}  // namespace gateway::net
