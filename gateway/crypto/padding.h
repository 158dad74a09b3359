#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace gateway::crypto {

inline constexpr std::size_t block_bytes = 16;

/// One of AES.
using Block = std::array<std::uint8_t, block_bytes>;

/// The end of a message, less than a block, with its PKCS#7 padding.
Block padded(Bytes end);

/// Length of the PKCS#7 padding in the last block of what was decrypted (16 bytes), 0 when it is wrong. No
/// branch and no index depends on the bytes; tests/constant_time checks it.
std::size_t padding_of(Bytes last_block);

}  // namespace gateway::crypto
