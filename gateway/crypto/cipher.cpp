#include "crypto/cipher.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>

#include <botan/block_cipher.h>

#include "crypto/padding.h"

namespace gateway::crypto {

namespace {

using Block = std::array<std::uint8_t, block_bytes>;

// Both are whole blocks. Taken one by one into variables: g++ 12 makes vector instructions of that, and of a
// loop over all the bytes it doesn't.
void add_into(MutableBytes target, Bytes other) {
  for (std::size_t at = 0; at < target.size(); at += block_bytes) {
    Block sum;
    Block addend;
    std::memcpy(sum.data(), target.data() + at, block_bytes);
    std::memcpy(addend.data(), other.data() + at, block_bytes);
    for (std::size_t i = 0; i < block_bytes; ++i) sum[i] = static_cast<std::uint8_t>(sum[i] ^ addend[i]);
    std::memcpy(target.data() + at, sum.data(), block_bytes);
  }
}

}  // namespace

struct Cipher::State {
  std::unique_ptr<Botan::BlockCipher> aes = Botan::BlockCipher::create_or_throw("AES-256");
};

Cipher::Cipher(const Key& key) : state_(std::make_unique<State>()) {
  assert(key.size() == key_bytes);
  state_->aes->set_key(key.data(), key.size());
}

Cipher::Cipher(Cipher&&) noexcept = default;
Cipher& Cipher::operator=(Cipher&&) noexcept = default;
Cipher::~Cipher() = default;

std::size_t Cipher::seal(Bytes clear, MutableBytes out) const {
  const std::size_t size = sealed_size(clear.size());
  assert(out.size() >= size);
  Block chain{};  // the IV is zero; then the last ciphertext block
  for (std::size_t at = 0; at < size; at += block_bytes) {
    const Bytes piece = clear.subspan(at, std::min(block_bytes, clear.size() - at));
    Block block;
    block.fill(static_cast<std::uint8_t>(block_bytes - piece.size()));  // padding, where the message ends
    std::copy(piece.begin(), piece.end(), block.begin());
    add_into(chain, block);
    state_->aes->encrypt(chain.data());
    std::copy(chain.begin(), chain.end(), out.begin() + static_cast<std::ptrdiff_t>(at));
  }
  return size;
}

std::optional<std::size_t> Cipher::open(Bytes sealed, MutableBytes out) const {
  if (sealed.empty() || sealed.size() % block_bytes != 0) return std::nullopt;
  assert(out.size() >= sealed.size());
  const MutableBytes clear = out.first(sealed.size());
  state_->aes->decrypt_n(sealed.data(), clear.data(), sealed.size() / block_bytes);
  add_into(clear.subspan(block_bytes), sealed.first(sealed.size() - block_bytes));
  const std::size_t padding = padding_of(clear.last(block_bytes));
  const std::size_t length = clear.size() - padding;
  if (padding == 0 || length == 0) return std::nullopt;
  return length;
}

}  // namespace gateway::crypto
