#include "crypto/keyed_hash.h"

#include <array>

#include <botan/mac.h>
#include <botan/secmem.h>

namespace gateway::crypto {

struct KeyedHash::State {
  std::unique_ptr<Botan::MessageAuthenticationCode> mac =
      Botan::MessageAuthenticationCode::create_or_throw("SipHash(2,4)");
};

KeyedHash::KeyedHash(Random& random) : state_(std::make_unique<State>()) {
  Botan::secure_vector<std::uint8_t> key(16);
  random.fill(key);
  state_->mac->set_key(key.data(), key.size());
}

KeyedHash::~KeyedHash() = default;

std::uint64_t KeyedHash::operator()(Bytes bytes) const {
  std::array<std::uint8_t, 8> tag{};
  state_->mac->update(bytes.data(), bytes.size());
  state_->mac->final(tag.data());
  std::uint64_t value = 0;
  for (const std::uint8_t byte : tag) value = value << 8 | byte;
  return value;
}

}  // namespace gateway::crypto
