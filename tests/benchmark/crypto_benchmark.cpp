// What crypto/ costs next to a yardstick of the same run: the key exchange next to Botan's, sealing and
// opening next to a bare chain of the processor's AES instructions. See README.md.
//
//   crypto_benchmark [rounds]

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include <botan/hash.h>

#include "benchmark/aes_chain.h"
#include "benchmark/measure.h"
#include "crypto/cipher.h"
#include "crypto/key_exchange.h"
#include "crypto/powers.h"
#include "crypto/system_random.h"
#include "support/seeded_random.h"
#include "unit/crypto/botan_powers.h"

namespace {

using gateway::Bytes;
using gateway::MutableBytes;
using Memory = std::vector<std::uint8_t>;

struct Row {
  std::string name;
  std::size_t repetitions;  // a round; a millisecond or so
  std::function<void()> ours;
  std::function<void()> yardstick;
};

double thread_nanoseconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

double cost_of(const std::function<void()>& work, std::size_t repetitions) {
  const double before = thread_nanoseconds();
  for (std::size_t i = 0; i < repetitions; ++i) work();
  return (thread_nanoseconds() - before) / static_cast<double>(repetitions);
}

void measure(const Row& row, std::size_t rounds) {
  std::vector<double> ours;
  std::vector<double> yardsticks;
  std::vector<double> ratios;
  for (std::size_t round = 0; round <= rounds; ++round) {
    const double one = cost_of(row.ours, row.repetitions);
    const double other = cost_of(row.yardstick, row.repetitions);
    if (round == 0) continue;  // warms up
    ours.push_back(one);
    yardsticks.push_back(other);
    ratios.push_back(one / other);
  }
  const auto ratio = gateway::test::spread_of(ratios);
  std::printf("%-30s %10.1f %10.1f   %5.2f (%.2f..%.2f)\n", row.name.c_str(),
              gateway::test::spread_of(ours).median, gateway::test::spread_of(yardsticks).median,
              ratio.median, ratio.min, ratio.max);
}

Memory random_bytes(std::size_t size) {
  gateway::test::SeededRandom random(size);
  Memory bytes(size);
  random.fill(bytes);
  return bytes;
}

void measure_exchange(std::size_t rounds) {
  const gateway::test::BotanPowers botan;
  const Memory client_secret = random_bytes(20);
  const Memory secret = random_bytes(24);
  const auto client_key = gateway::crypto::public_key_of(client_secret);
  const auto base = gateway::test::number_of(client_key);
  const auto exponent = gateway::test::number_of(secret);
  gateway::crypto::SystemRandom random;
  gateway::crypto::Number padded_key;
  std::ranges::copy(gateway::test::bytes_of(base, padded_key.size()), padded_key.begin());
  gateway::crypto::Number power;
  const std::size_t repetitions = 20;
  std::printf("%-30s %10s %10s\n", "key exchange, ns", "ours", "Botan");
  measure({"whole", repetitions, [&] { (void)gateway::crypto::exchange(client_key, random); },
           [&] {
             const auto shared = gateway::test::bytes_of(botan.power_of(base, exponent), 96);
             const auto hash = Botan::HashFunction::create_or_throw("SHA-256");
             hash->update(shared.data(), shared.size());
             (void)hash->final();
             (void)botan.power_of_generator(exponent, 192);
           }},
          rounds);
  measure({"y^x", repetitions, [&] { gateway::crypto::power_of(padded_key, secret, power); },
           [&] { (void)botan.power_of(base, exponent); }},
          rounds);
  measure({"g^x", repetitions, [&] { gateway::crypto::power_of_generator(secret, power); },
           [&] { (void)botan.power_of_generator(exponent, 192); }},
          rounds);
}

void measure_cipher(std::size_t rounds) {
  const Memory key = random_bytes(32);
  const gateway::crypto::Cipher cipher(gateway::crypto::Key(key.begin(), key.end()));
  const gateway::test::AesChain chain(std::span<const std::uint8_t>(key).first<32>());
  std::printf("%-30s %10s %10s\n", "cipher, ns", "ours", "AES chain");
  for (const std::size_t size : {16u, 64u, 256u, 1024u, 8192u}) {
    const Memory clear = random_bytes(size);
    const Memory padded = random_bytes(gateway::crypto::sealed_size(size));
    Memory sealed(padded.size());
    Memory out(padded.size());
    cipher.seal(clear, sealed);
    const std::string bytes = std::to_string(size) + " B";
    const std::size_t repetitions = 2'000'000 / (size + 50);
    measure(
        {"seal " + bytes, repetitions, [&] { cipher.seal(clear, out); }, [&] { chain.encrypt(padded, out); }},
        rounds);
    measure({"open " + bytes, repetitions, [&] { (void)cipher.open(sealed, out); },
             [&] { chain.decrypt(sealed, out); }},
            rounds);
  }
}

/// What sealing eight messages at once would give; nothing in crypto/ does it.
void measure_lock_step(std::size_t rounds) {
  const Memory key = random_bytes(32);
  const gateway::test::AesChain chain(std::span<const std::uint8_t>(key).first<32>());
  std::printf("%-30s %10s %10s\n", "8 messages, ns", "lock-step", "AES chain");
  for (const std::size_t size : {16u, 64u, 256u, 1024u}) {
    const std::size_t padded = gateway::crypto::sealed_size(size);
    const Memory clear = random_bytes(padded * gateway::test::AesChain::lanes);
    Memory out(clear.size());
    measure({"encrypt " + std::to_string(size) + " B", 300'000 / (size + 50),
             [&] { chain.encrypt_in_lock_step(clear, out); },
             [&] {
               for (std::size_t at = 0; at < clear.size(); at += padded)
                 chain.encrypt(Bytes(clear).subspan(at, padded), MutableBytes(out).subspan(at, padded));
             }},
            rounds);
  }
}

}  // namespace

int main(int count, char** values) {
  return gateway::test::run_benchmark([&] {
    const gateway::test::Arguments arguments(count, values, "crypto_benchmark [rounds]");
    const std::size_t rounds = arguments.number(1, 21);
    gateway::test::pin_to_one_core();
    measure_exchange(rounds);
    if (!gateway::test::AesChain::available()) return;
    measure_cipher(rounds);
    measure_lock_step(rounds);
  });
}
