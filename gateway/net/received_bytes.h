#pragma once

#include <cstdint>

namespace gateway::net {

/// Bytes that the peer of a TCP socket sent so far and the kernel took, read or not; 0 when it can't tell.
std::uint64_t received_bytes(int descriptor);

}  // namespace gateway::net
