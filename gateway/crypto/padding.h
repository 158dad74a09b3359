#pragma once

#include <cstddef>

#include "base/bytes.h"

namespace gateway::crypto {

/// Length of the PKCS#7 padding in the last block of what was decrypted (16 bytes), 0 when it is wrong. No
/// branch and no index depends on the bytes; tests/constant_time checks it.
std::size_t padding_of(Bytes last_block);

}  // namespace gateway::crypto
