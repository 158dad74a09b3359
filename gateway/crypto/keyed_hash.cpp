#include "crypto/keyed_hash.h"

#include <array>
#include <bit>

#include <botan/secmem.h>

namespace gateway::crypto {

namespace {

// Botan 2's own SipHash forgets its key with every hash and would allocate on the packet path, so here is the
// function as its paper (Aumasson and Bernstein, 2012) gives it. Tested with the paper's vectors.
class SipHash {
 public:
  SipHash(std::uint64_t k0, std::uint64_t k1)
      : v0_(k0 ^ 0x736F6D6570736575),
        v1_(k1 ^ 0x646F72616E646F6D),
        v2_(k0 ^ 0x6C7967656E657261),
        v3_(k1 ^ 0x7465646279746573) {}

  void word(std::uint64_t m) {
    v3_ ^= m;
    round();
    round();
    v0_ ^= m;
  }

  std::uint64_t finish() {
    v2_ ^= 0xFF;
    for (int i = 0; i < 4; ++i) round();
    return v0_ ^ v1_ ^ v2_ ^ v3_;
  }

 private:
  void round() {
    v0_ += v1_;
    v2_ += v3_;
    v1_ = std::rotl(v1_, 13) ^ v0_;
    v3_ = std::rotl(v3_, 16) ^ v2_;
    v0_ = std::rotl(v0_, 32);
    v2_ += v1_;
    v0_ += v3_;
    v1_ = std::rotl(v1_, 17) ^ v2_;
    v3_ = std::rotl(v3_, 21) ^ v0_;
    v2_ = std::rotl(v2_, 32);
  }

  std::uint64_t v0_;
  std::uint64_t v1_;
  std::uint64_t v2_;
  std::uint64_t v3_;
};

std::uint64_t little_endian(Bytes bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | bytes[i];
  return value;
}

}  // namespace

struct KeyedHash::State {
  Botan::secure_vector<std::uint64_t> key = Botan::secure_vector<std::uint64_t>(2);
};

KeyedHash::KeyedHash(Random& random) : state_(std::make_unique<State>()) {
  for (std::uint64_t& half : state_->key) {
    std::array<std::uint8_t, 8> bytes{};
    random.fill(bytes);
    half = little_endian(bytes);
    Botan::secure_scrub_memory(bytes.data(), bytes.size());
  }
}

KeyedHash::~KeyedHash() = default;

std::uint64_t KeyedHash::operator()(Bytes bytes) const {
  SipHash hash(state_->key[0], state_->key[1]);
  const std::size_t whole = bytes.size() / 8 * 8;
  for (std::size_t at = 0; at < whole; at += 8) hash.word(little_endian(bytes.subspan(at, 8)));
  hash.word(std::uint64_t{bytes.size()} << 56 | little_endian(bytes.subspan(whole)));
  return hash.finish();
}

}  // namespace gateway::crypto
