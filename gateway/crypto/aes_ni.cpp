#include "crypto/aes_ni.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include "crypto/scrubbed.h"

// Only these functions may use the instructions: the rest of the program runs on every processor.
#define GATEWAY_AES_NI __attribute__((target("aes,sse2")))

namespace gateway::crypto {

namespace {

constexpr std::size_t rounds = 14;
constexpr std::size_t schedule_bytes = (rounds + 1) * block_bytes;

GATEWAY_AES_NI __m128i load(const std::uint8_t* at) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
}

GATEWAY_AES_NI void store(std::uint8_t* at, __m128i block) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(at), block);
}

// FIPS 197, section 5.2: a key's words are sums of the words of the key before the last, and a transformed
// last one.
GATEWAY_AES_NI __m128i next_key(__m128i key, __m128i transformed) {
  key = _mm_xor_si128(key, _mm_slli_si128(key, 4));
  key = _mm_xor_si128(key, _mm_slli_si128(key, 8));
  return _mm_xor_si128(key, transformed);
}

// Two keys further. The round's constant must stand in the instruction.
template <int constant>
GATEWAY_AES_NI void add_keys(std::uint8_t*& keys) {
  const __m128i odd = load(keys - block_bytes);
  const __m128i even = next_key(load(keys - 2 * block_bytes),
                                _mm_shuffle_epi32(_mm_aeskeygenassist_si128(odd, constant), 0xFF));
  store(keys, even);
  store(keys + block_bytes, next_key(odd, _mm_shuffle_epi32(_mm_aeskeygenassist_si128(even, 0), 0xAA)));
  keys += 2 * block_bytes;
}

GATEWAY_AES_NI void expand(Bytes key, std::uint8_t* encryption) {
  Scrubbed<std::array<std::uint8_t, schedule_bytes + block_bytes>> keys;  // one more: they come in pairs
  std::copy(key.begin(), key.end(), keys.value.begin());
  std::uint8_t* next = keys.value.data() + key.size();
  add_keys<1>(next);
  add_keys<2>(next);
  add_keys<4>(next);
  add_keys<8>(next);
  add_keys<16>(next);
  add_keys<32>(next);
  add_keys<64>(next);
  std::copy_n(keys.value.begin(), schedule_bytes, encryption);
}

GATEWAY_AES_NI void invert(const std::uint8_t* encryption, std::uint8_t* decryption) {
  for (std::size_t round = 0; round <= rounds; ++round) {
    const __m128i key = load(encryption + (rounds - round) * block_bytes);
    const bool outer = round == 0 || round == rounds;
    store(decryption + round * block_bytes, outer ? key : _mm_aesimc_si128(key));
  }
}

GATEWAY_AES_NI __m128i encrypt_block(__m128i block, const std::uint8_t* keys) {
  block = _mm_xor_si128(block, load(keys));
#pragma GCC unroll 13
  for (std::size_t round = 1; round < rounds; ++round)
    block = _mm_aesenc_si128(block, load(keys + round * block_bytes));
  return _mm_aesenclast_si128(block, load(keys + rounds * block_bytes));
}

// `count` blocks at once, since none waits for another. Gives the last ciphertext block.
template <std::size_t count>
GATEWAY_AES_NI __m128i decrypt_blocks(const std::uint8_t* in, std::uint8_t* out, const std::uint8_t* keys,
                                      __m128i chain) {
  __m128i blocks[count];  // in registers, as all loops over it are unrolled
  const __m128i first = load(keys);
#pragma GCC unroll 8
  for (std::size_t i = 0; i < count; ++i) blocks[i] = _mm_xor_si128(load(in + i * block_bytes), first);
  for (std::size_t round = 1; round < rounds; ++round) {
    const __m128i key = load(keys + round * block_bytes);
#pragma GCC unroll 8
    for (std::size_t i = 0; i < count; ++i) blocks[i] = _mm_aesdec_si128(blocks[i], key);
  }
  const __m128i last = load(keys + rounds * block_bytes);
#pragma GCC unroll 8
  for (std::size_t i = 0; i < count; ++i) {
    store(out + i * block_bytes, _mm_xor_si128(_mm_aesdeclast_si128(blocks[i], last), chain));
    chain = load(in + i * block_bytes);
  }
  return chain;
}

}  // namespace

bool AesNi::available() {
  return __builtin_cpu_supports("aes") != 0;
}

AesNi::AesNi(Bytes key) : encryption_(schedule_bytes), decryption_(schedule_bytes) {
  expand(key, encryption_.data());
  invert(encryption_.data(), decryption_.data());
}

GATEWAY_AES_NI void AesNi::encrypt(Bytes clear, const Block& last, MutableBytes out) const {
  const std::uint8_t* keys = encryption_.data();
  __m128i chain = _mm_setzero_si128();
  for (std::size_t at = 0; at < clear.size(); at += block_bytes) {
    chain = encrypt_block(_mm_xor_si128(chain, load(clear.data() + at)), keys);
    store(out.data() + at, chain);
  }
  chain = encrypt_block(_mm_xor_si128(chain, load(last.data())), keys);
  store(out.data() + clear.size(), chain);
}

GATEWAY_AES_NI void AesNi::decrypt(Bytes sealed, MutableBytes out) const {
  const std::uint8_t* keys = decryption_.data();
  const std::uint8_t* from = sealed.data();
  std::uint8_t* to = out.data();
  std::size_t left = sealed.size() / block_bytes;
  __m128i chain = _mm_setzero_si128();
  for (; left >= 8; left -= 8, from += 8 * block_bytes, to += 8 * block_bytes)
    chain = decrypt_blocks<8>(from, to, keys, chain);
  if (left >= 4) {
    chain = decrypt_blocks<4>(from, to, keys, chain);
    left -= 4, from += 4 * block_bytes, to += 4 * block_bytes;
  }
  if (left >= 2) {
    chain = decrypt_blocks<2>(from, to, keys, chain);
    left -= 2, from += 2 * block_bytes, to += 2 * block_bytes;
  }
  if (left == 1) decrypt_blocks<1>(from, to, keys, chain);
}

}  // namespace gateway::crypto

#else

namespace gateway::crypto {

bool AesNi::available() {
  return false;
}
AesNi::AesNi(Bytes) {}
void AesNi::encrypt(Bytes, const Block&, MutableBytes) const {}
void AesNi::decrypt(Bytes, MutableBytes) const {}

}  // namespace gateway::crypto

#endif
