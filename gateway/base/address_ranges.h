#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/address.h"

namespace gateway {

/// The bytes of an Address without its port.
using Ip = std::array<std::uint8_t, 16>;

/// Neighboring addresses, both ends included.
struct AddressRange {
  Ip first{};
  Ip last{};
};

/// The addresses that share the first `bits` (at most 128) of `ip`. IPv4 addresses, which are kept as
/// v4-mapped IPv6, belong to no shorter prefix than that mapping's 96 bits: ::/0 is every IPv6 address and
/// nothing else.
std::vector<AddressRange> ranges_of_prefix(const Ip& ip, std::size_t bits);

/// A set of addresses that is asked more often than it is made: ports are ignored, a look-up is one binary
/// search.
class AddressRanges {
 public:
  AddressRanges() = default;
  explicit AddressRanges(std::vector<AddressRange> ranges);

  bool contains(const Address& address) const;
  bool empty() const { return ranges_.empty(); }

 private:
  std::vector<AddressRange> ranges_;  // sorted, apart from each other
};

/// Who may connect: what is allowed and not denied.
struct Access {
  AddressRanges allowed;
  AddressRanges denied;
  bool everybody = true;  // nothing is restricted, and neither list is looked at

  bool admits(const Address& address) const {
    return everybody || (allowed.contains(address) && !denied.contains(address));
  }
};

}  // namespace gateway
