#pragma once

#include <cstddef>

#include <botan/bigint.h>

#include "base/bytes.h"

namespace gateway::crypto {

/// The prime of the protocol's group.
const Botan::BigInt& group_prime();

/// Powers in the group. No branch and no index depends on the exponent's bits, but on its length one may;
/// tests/constant_time checks both.
Botan::BigInt power_of_generator(const Botan::BigInt& exponent, std::size_t exponent_bits_max);
Botan::BigInt power_of(const Botan::BigInt& base, const Botan::BigInt& exponent);

}  // namespace gateway::crypto
