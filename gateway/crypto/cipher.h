#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/bytes.h"
#include "crypto/key_exchange.h"
#include "crypto/padding.h"

namespace gateway::crypto {

/// Length of the ciphertext of `clear` bytes: 1…16 bytes of padding are always added.
constexpr std::size_t sealed_size(std::size_t clear) {
  return (clear / block_bytes + 1) * block_bytes;
}

/// What encrypts the blocks: the processor's own instructions, or Botan on every processor.
enum class BlockEngine : std::uint8_t { aes_ni, botan };

/// The faster one of those this processor has.
BlockEngine best_block_engine();

/// AES-256-CBC with a zero IV and PKCS#7 padding, one key schedule, no state between messages, nothing
/// allocated. Source: gateway/message/README.md, "Cipher".
class Cipher {
 public:
  /// `engine` must be one that the processor has.
  explicit Cipher(const Key& key, BlockEngine engine = best_block_engine());
  Cipher(Cipher&&) noexcept;
  Cipher& operator=(Cipher&&) noexcept;
  ~Cipher();

  /// Encrypts `clear` into `out` (at least sealed_size(clear.size()) bytes; may start at the same address)
  /// and gives the number of bytes written.
  std::size_t seal(Bytes clear, MutableBytes out) const;

  /// Decrypts `sealed` into `out` (at least sealed.size() bytes, not overlapping) and gives the clear length.
  /// Empty for every kind of bad ciphertext alike: empty, not a multiple of 16, wrong padding (checked in
  /// constant time), empty after opening.
  std::optional<std::size_t> open(Bytes sealed, MutableBytes out) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gateway::crypto
