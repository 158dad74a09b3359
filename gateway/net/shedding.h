#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/address.h"

namespace gateway::net {

/// A session that may end for the memory it holds, in bytes.
struct Holder {
  std::size_t held;          // its end frees so much
  std::size_t queued;        // of it waits in queues
  std::uint32_t index;       // its slot
  Address address;           // its limit_key()
  bool alone = false;        // its address says nothing of who is behind it
  std::size_t together = 0;  // what its address holds; chosen_to_end() counts
};

/// Who isn't what fills the memory, in bytes: a session with less in queues, unless all of its address
/// together hold so much.
struct Spared {
  std::size_t queued = 0;
  std::size_t together = 0;
};

/// The sessions that end so that `bytes` get free, in this order: of the address that holds most in all the
/// largest first, then of the next address, until what they hold is enough. All but the spared ones when it
/// never is.
std::vector<std::uint32_t> chosen_to_end(std::vector<Holder> sessions, std::size_t bytes,
                                         const Spared& spared = {});

}  // namespace gateway::net
