#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.h"

namespace gateway::test {

/// AES-256-CBC as the processor's own instructions do it and nothing more, one block after the other: the
/// yardstick for sealing and opening. Of whole blocks, with a zero IV, without padding.
class AesChain {
 public:
  /// False where the processor has no such instructions.
  static bool available();

  explicit AesChain(std::span<const std::uint8_t, 32> key);
  void encrypt(Bytes in, MutableBytes out) const;
  void decrypt(Bytes in, MutableBytes out) const;

  static constexpr std::size_t lanes = 8;
  /// The first block of each message, then the second: eight messages of one length, one behind the other.
  void encrypt_in_lock_step(Bytes in, MutableBytes out) const;

 private:
  alignas(16) std::array<std::uint8_t, 15 * 16> encryption_{};
  alignas(16) std::array<std::uint8_t, 15 * 16> decryption_{};
};

}  // namespace gateway::test
