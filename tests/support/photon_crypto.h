#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace gateway::test {

/// The client's half of the key exchange and its cipher, written apart from gateway/crypto on purpose: both
/// ends of a test must not share one mistake. Slow and not constant-time; for tests only.
class PhotonCrypto {
 public:
  /// A fresh key object: 160-bit secret given, no key yet.
  explicit PhotonCrypto(Bytes secret);

  /// p itself, big-endian.
  static std::vector<std::uint8_t> modulus();
  /// 22^secret mod p, big-endian without leading zeros.
  std::vector<std::uint8_t> public_key() const;
  /// Derives the AES key from the server's public key (leading zeros allowed).
  void derive(Bytes server_public_key);
  /// Takes an AES key that no exchange gave.
  void use(std::vector<std::uint8_t> key) { key_ = std::move(key); }
  bool has_key() const { return !key_.empty(); }
  const std::vector<std::uint8_t>& key() const { return key_; }
  /// The number that the key was derived from, big-endian without leading zeros; empty without an exchange.
  const std::vector<std::uint8_t>& shared() const { return shared_; }

  std::vector<std::uint8_t> seal(Bytes clear) const;
  /// Empty when it can't be opened: no key, length not a multiple of 16 or 0, padding wrong.
  std::optional<std::vector<std::uint8_t>> open(Bytes sealed) const;

 private:
  std::vector<std::uint8_t> secret_;
  std::vector<std::uint8_t> shared_;
  std::vector<std::uint8_t> key_;
};

}  // namespace gateway::test
