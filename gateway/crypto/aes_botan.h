#pragma once

#include <memory>

#include <botan/block_cipher.h>

#include "base/bytes.h"
#include "crypto/padding.h"

namespace gateway::crypto {

/// AES-256-CBC with a zero IV by Botan's block cipher, on every processor: what AesNi does.
class AesBotan {
 public:
  explicit AesBotan(Bytes key);

  void encrypt(Bytes clear, const Block& last, MutableBytes out) const;
  void decrypt(Bytes sealed, MutableBytes out) const;

 private:
  std::unique_ptr<Botan::BlockCipher> aes_;
};

}  // namespace gateway::crypto
