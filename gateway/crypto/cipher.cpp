#include "crypto/cipher.h"

#include <cassert>
#include <variant>

#include "crypto/aes_botan.h"
#include "crypto/aes_ni.h"

namespace gateway::crypto {

struct Cipher::State {
  std::variant<AesNi, AesBotan> aes;
};

BlockEngine best_block_engine() {
  return AesNi::available() ? BlockEngine::aes_ni : BlockEngine::botan;
}

Cipher::Cipher(const Key& key, BlockEngine engine) {
  assert(key.size() == key_bytes);
  if (engine == BlockEngine::aes_ni) {
    state_ = std::make_unique<State>(State{AesNi(key)});
  } else {
    state_ = std::make_unique<State>(State{AesBotan(key)});
  }
}

Cipher::Cipher(Cipher&&) noexcept = default;
Cipher& Cipher::operator=(Cipher&&) noexcept = default;
Cipher::~Cipher() = default;

std::size_t Cipher::seal(Bytes clear, MutableBytes out) const {
  const std::size_t size = sealed_size(clear.size());
  assert(out.size() >= size);
  const Bytes whole = clear.first(size - block_bytes);
  const Block last = padded(clear.subspan(whole.size()));
  std::visit([&](const auto& aes) { aes.encrypt(whole, last, out); }, state_->aes);
  return size;
}

std::optional<std::size_t> Cipher::open(Bytes sealed, MutableBytes out) const {
  if (sealed.empty() || sealed.size() % block_bytes != 0) return std::nullopt;
  assert(out.size() >= sealed.size());
  const MutableBytes clear = out.first(sealed.size());
  std::visit([&](const auto& aes) { aes.decrypt(sealed, clear); }, state_->aes);
  const std::size_t padding = padding_of(clear.last(block_bytes));
  const std::size_t length = clear.size() - padding;
  if (padding == 0 || length == 0) return std::nullopt;
  return length;
}

}  // namespace gateway::crypto
