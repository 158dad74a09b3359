#pragma once

#include <cstdint>

#include <botan/secmem.h>

#include "base/bytes.h"
#include "crypto/padding.h"

namespace gateway::crypto {

/// AES-256-CBC with a zero IV by the processor's own instructions (AES-NI), which take the same time whatever
/// the bytes are. The key's schedules are wiped with the object.
class AesNi {
 public:
  /// Whether this processor has them. If not, nothing else may be called.
  static bool available();

  /// `key` has 32 bytes.
  explicit AesNi(Bytes key);

  /// Encrypts `clear`, whole blocks, and then `last` into `out`, which may be the same memory as `clear`.
  void encrypt(Bytes clear, const Block& last, MutableBytes out) const;
  /// Decrypts whole blocks into `out`, which must not overlap.
  void decrypt(Bytes sealed, MutableBytes out) const;

 private:
  Botan::secure_vector<std::uint8_t> encryption_;  // a key a round, in the order of their use
  Botan::secure_vector<std::uint8_t> decryption_;
};

}  // namespace gateway::crypto
