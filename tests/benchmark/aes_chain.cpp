#include "benchmark/aes_chain.h"

#if defined(__x86_64__)

#include <immintrin.h>

namespace gateway::test {

namespace {

constexpr int rounds = 14;
constexpr std::size_t block = 16;

#define AES __attribute__((target("aes,sse4.1")))
#define UNROLLED _Pragma("GCC unroll 8")  // else blocks would lie in memory

AES __m128i load(const std::uint8_t* at) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
}

AES void store(std::uint8_t* at, __m128i value) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(at), value);
}

AES __m128i spread(__m128i key) {
  key = _mm_xor_si128(key, _mm_slli_si128(key, 4));
  return _mm_xor_si128(key, _mm_slli_si128(key, 8));
}

// The processor wants the round's constant in the instruction.
template <int constant>
AES void expand(__m128i& even, __m128i& odd) {
  even = _mm_xor_si128(spread(even), _mm_shuffle_epi32(_mm_aeskeygenassist_si128(odd, constant), 0xFF));
  odd = _mm_xor_si128(spread(odd), _mm_shuffle_epi32(_mm_aeskeygenassist_si128(even, 0), 0xAA));
}

AES void make_schedules(const std::uint8_t* key, std::uint8_t* encryption, std::uint8_t* decryption) {
  __m128i even = load(key);
  __m128i odd = load(key + block);
  const auto put = [&](std::size_t pair) AES {
    store(encryption + pair * 2 * block, even);
    if (pair < 7) store(encryption + (pair * 2 + 1) * block, odd);
  };
  put(0), expand<1>(even, odd), put(1), expand<2>(even, odd), put(2), expand<4>(even, odd), put(3);
  expand<8>(even, odd), put(4), expand<16>(even, odd), put(5), expand<32>(even, odd), put(6);
  expand<64>(even, odd), put(7);
  for (std::size_t round = 0; round <= rounds; ++round) {
    const __m128i one = load(encryption + (rounds - round) * block);
    store(decryption + round * block, round == 0 || round == rounds ? one : _mm_aesimc_si128(one));
  }
}

}  // namespace

bool AesChain::available() {
  return __builtin_cpu_supports("aes") && __builtin_cpu_supports("sse4.1");
}

AesChain::AesChain(std::span<const std::uint8_t, 32> key) {
  make_schedules(key.data(), encryption_.data(), decryption_.data());
}

AES void AesChain::encrypt(Bytes in, MutableBytes out) const {
  __m128i chain = _mm_setzero_si128();
  for (std::size_t at = 0; at < in.size(); at += block) {
    chain = _mm_xor_si128(_mm_xor_si128(chain, load(in.data() + at)), load(encryption_.data()));
    for (std::size_t round = 1; round < rounds; ++round)
      chain = _mm_aesenc_si128(chain, load(encryption_.data() + round * block));
    chain = _mm_aesenclast_si128(chain, load(encryption_.data() + rounds * block));
    store(out.data() + at, chain);
  }
}

AES void AesChain::encrypt_in_lock_step(Bytes in, MutableBytes out) const {
  const std::size_t size = in.size() / lanes;
  __m128i chains[lanes]{};
  for (std::size_t at = 0; at < size; at += block) {
    UNROLLED
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const __m128i clear = load(in.data() + lane * size + at);
      chains[lane] = _mm_xor_si128(_mm_xor_si128(chains[lane], clear), load(encryption_.data()));
    }
    for (std::size_t round = 1; round < rounds; ++round) {
      const __m128i key = load(encryption_.data() + round * block);
      UNROLLED
      for (__m128i& chain : chains) chain = _mm_aesenc_si128(chain, key);
    }
    const __m128i last = load(encryption_.data() + rounds * block);
    UNROLLED
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      chains[lane] = _mm_aesenclast_si128(chains[lane], last);
      store(out.data() + lane * size + at, chains[lane]);
    }
  }
}

// Eight blocks at once, as one doesn't wait for another; what is left over one by one.
AES void AesChain::decrypt(Bytes in, MutableBytes out) const {
  __m128i chain = _mm_setzero_si128();
  std::size_t at = 0;
  for (; at + lanes * block <= in.size(); at += lanes * block) {
    __m128i blocks[lanes];
    UNROLLED
    for (std::size_t lane = 0; lane < lanes; ++lane)
      blocks[lane] = _mm_xor_si128(load(in.data() + at + lane * block), load(decryption_.data()));
    for (std::size_t round = 1; round < rounds; ++round) {
      const __m128i key = load(decryption_.data() + round * block);
      UNROLLED
      for (__m128i& one : blocks) one = _mm_aesdec_si128(one, key);
    }
    const __m128i last = load(decryption_.data() + rounds * block);
    UNROLLED
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      store(out.data() + at + lane * block, _mm_xor_si128(_mm_aesdeclast_si128(blocks[lane], last), chain));
      chain = load(in.data() + at + lane * block);
    }
  }
  for (; at < in.size(); at += block) {
    __m128i one = _mm_xor_si128(load(in.data() + at), load(decryption_.data()));
    for (std::size_t round = 1; round < rounds; ++round)
      one = _mm_aesdec_si128(one, load(decryption_.data() + round * block));
    one = _mm_aesdeclast_si128(one, load(decryption_.data() + rounds * block));
    store(out.data() + at, _mm_xor_si128(one, chain));
    chain = load(in.data() + at);
  }
}

}  // namespace gateway::test

#else

namespace gateway::test {

bool AesChain::available() {
  return false;
}
AesChain::AesChain(std::span<const std::uint8_t, 32>) {}
void AesChain::encrypt(Bytes, MutableBytes) const {}
void AesChain::decrypt(Bytes, MutableBytes) const {}
void AesChain::encrypt_in_lock_step(Bytes, MutableBytes) const {}

}  // namespace gateway::test

#endif
