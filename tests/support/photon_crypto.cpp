#include "support/photon_crypto.h"

#include <array>

#include <botan/bigint.h>
#include <botan/block_cipher.h>
#include <botan/hash.h>
#include <botan/numthry.h>

namespace gateway::test {

namespace {

constexpr std::size_t block = 16;
using Block = std::array<std::uint8_t, block>;

// Oakley group 1, RFC 2409 section 6.1.
const Botan::BigInt& prime() {
  static const Botan::BigInt p(
      "0xFFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF95"
      "19B3CD3A431B"
      "302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A63A3620FFFFFFFFFFFFFFFF");
  return p;
}

std::vector<std::uint8_t> minimal_big_endian(const Botan::BigInt& number) {
  std::vector<std::uint8_t> bytes(number.bytes());
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[bytes.size() - 1 - i] = number.byte_at(i);
  return bytes;
}

std::vector<std::uint8_t> power(const Botan::BigInt& base, Bytes exponent) {
  const Botan::BigInt secret(exponent.data(), exponent.size());
  return minimal_big_endian(Botan::power_mod(base, secret, prime()));
}

std::unique_ptr<Botan::BlockCipher> aes(const std::vector<std::uint8_t>& key) {
  auto cipher = Botan::BlockCipher::create_or_throw("AES-256");
  cipher->set_key(key.data(), key.size());
  return cipher;
}

bool well_padded(Bytes clear) {
  const std::uint8_t padding = clear.back();
  if (padding == 0 || padding > block) return false;
  const Bytes tail = clear.last(padding);
  return std::all_of(tail.begin(), tail.end(), [padding](std::uint8_t byte) { return byte == padding; });
}

}  // namespace

std::vector<std::uint8_t> PhotonCrypto::modulus() {
  return minimal_big_endian(prime());
}

PhotonCrypto::PhotonCrypto(Bytes secret) : secret_(secret.begin(), secret.end()) {}

std::vector<std::uint8_t> PhotonCrypto::public_key() const {
  return power(Botan::BigInt(22), secret_);
}

void PhotonCrypto::derive(Bytes server_public_key) {
  const Botan::BigInt server(server_public_key.data(), server_public_key.size());
  shared_ = power(server, secret_);
  const auto hash = Botan::HashFunction::create_or_throw("SHA-256");
  hash->update(shared_.data(), shared_.size());
  key_.resize(hash->output_length());
  hash->final(key_.data());
}

std::vector<std::uint8_t> PhotonCrypto::seal(Bytes clear) const {
  const std::size_t padding = block - clear.size() % block;
  std::vector<std::uint8_t> text(clear.begin(), clear.end());
  text.insert(text.end(), padding, static_cast<std::uint8_t>(padding));
  const auto cipher = aes(key_);
  Block previous{};
  for (std::size_t at = 0; at < text.size(); at += block) {
    for (std::size_t i = 0; i < block; ++i) text[at + i] ^= previous[i];
    cipher->encrypt(&text[at]);
    std::copy_n(&text[at], block, previous.begin());
  }
  return text;
}

std::optional<std::vector<std::uint8_t>> PhotonCrypto::open(Bytes sealed) const {
  if (!has_key() || sealed.empty() || sealed.size() % block != 0) return std::nullopt;
  std::vector<std::uint8_t> text(sealed.begin(), sealed.end());
  const auto cipher = aes(key_);
  Block previous{};
  for (std::size_t at = 0; at < text.size(); at += block) {
    cipher->decrypt(&text[at]);
    for (std::size_t i = 0; i < block; ++i) text[at + i] ^= previous[i];
    std::copy_n(&sealed[at], block, previous.begin());
  }
  if (!well_padded(text)) return std::nullopt;
  text.resize(text.size() - text.back());
  return text;
}

}  // namespace gateway::test
