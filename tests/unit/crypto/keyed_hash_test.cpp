#include "crypto/keyed_hash.h"

#include <cstdint>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "support/seeded_random.h"
#include "support/vectors.h"

namespace gateway::crypto {
namespace {

// The key 00 01 … 0F of the vectors in the SipHash paper.
class CountingRandom final : public Random {
 public:
  void fill(MutableBytes out) override {
    for (std::uint8_t& byte : out) byte = next_++;
  }

 private:
  std::uint8_t next_ = 0;
};

TEST(KeyedHash, IsSipHash24) {
  CountingRandom random;
  const KeyedHash hash(random);
  std::vector<std::uint8_t> message(15);
  std::iota(message.begin(), message.end(), std::uint8_t{0});
  EXPECT_EQ(hash(message), 0xA129CA6149BE45E5);
  EXPECT_EQ(hash({}), 0x726FDB47DD0E0E31);
  EXPECT_EQ(hash(Bytes(message).first(8)), 0x93F5F5799A932462);
}

TEST(KeyedHash, GivesTheSameForTheSameInputAgain) {
  test::SeededRandom random(3);
  const KeyedHash hash(random);
  const auto input = test::from_hex("01 02 03");
  const std::uint64_t first = hash(input);
  EXPECT_NE(hash(test::from_hex("01 02 04")), first);
  EXPECT_EQ(hash(input), first);
}

TEST(KeyedHash, DependsOnTheKey) {
  test::SeededRandom random(3);
  const KeyedHash one(random);
  const KeyedHash other(random);
  const auto input = test::from_hex("01 02 03");
  EXPECT_NE(one(input), other(input));
}

}  // namespace
}  // namespace gateway::crypto
