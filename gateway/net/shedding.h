#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/address.h"

namespace gateway::net {

/// A session that may end for the memory it holds.
struct Holder {
  std::size_t held;
  std::uint32_t index;  // its slot
  Address address;      // its limit_key()
};

/// Who holds less in bytes isn't what fills the memory: a session for itself, unless all of its address are.
struct Spared {
  std::size_t session = 0;
  std::size_t address = 0;
};

/// The sessions that end so that `bytes` get free, in this order: of the address that holds most in all the
/// largest first, then of the next address, until what they hold is enough. All but the spared ones when it
/// never is.
std::vector<std::uint32_t> chosen_to_end(std::vector<Holder> sessions, std::size_t bytes,
                                         const Spared& spared = {});

}  // namespace gateway::net
