#include "crypto/powers.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/seeded_random.h"
#include "support/vectors.h"
#include "unit/crypto/botan_powers.h"

namespace gateway::crypto {
namespace {

using Botan::BigInt;
using test::to_hex;
using Exponent = std::vector<std::uint8_t>;

const test::BotanPowers& botan() {
  static const test::BotanPowers instance;
  return instance;
}

Number number(const BigInt& value) {
  Number bytes;
  std::ranges::copy(test::bytes_of(value, bytes.size()), bytes.begin());
  return bytes;
}

std::vector<Multiplier> multipliers() {
  if (best_multiplier() == Multiplier::portable) return {Multiplier::portable};
  return {Multiplier::portable, best_multiplier()};
}

/// With every way to multiply, both powers are what Botan says.
void expect_power(const BigInt& base, const Exponent& exponent) {
  for (const Multiplier multiplier : multipliers()) {
    Number power;
    power_of(number(base), exponent, power, multiplier);
    EXPECT_EQ(to_hex(power), to_hex(number(botan().power_of(base, test::number_of(exponent)))))
        << base.to_hex_string() << " ^ " << to_hex(exponent);
  }
}

void expect_power_of_generator(const Exponent& exponent) {
  for (const Multiplier multiplier : multipliers()) {
    Number power;
    power_of_generator(exponent, power, multiplier);
    EXPECT_EQ(to_hex(power), to_hex(number(botan().power_of(22, test::number_of(exponent)))))
        << to_hex(exponent);
  }
}

/// Of 20 to 24 bytes as the protocol has them, and shorter and longer ones: nothing, 0, 1, powers of 2, all
/// ones.
std::vector<Exponent> edge_exponents() {
  std::vector<Exponent> exponents = {{}, {0}, {1}, {0x80}, Exponent(32, 0xFF), Exponent(25, 0x01)};
  for (const std::size_t size : {20u, 24u}) {
    exponents.push_back(Exponent(size, 0));
    exponents.push_back(Exponent(size, 0xFF));
    for (std::size_t bit = 0; bit < size * 8; ++bit)
      exponents.push_back(test::bytes_of(BigInt::power_of_2(bit), size));
  }
  return exponents;
}

TEST(Powers, OfTheGeneratorAreBotansForEdgeExponents) {
  for (const Exponent& exponent : edge_exponents()) expect_power_of_generator(exponent);
}

TEST(Powers, OfEdgeBasesAreBotansForEdgeExponents) {
  const BigInt& p = botan().prime();
  const std::vector<BigInt> bases = {2,
                                     22,
                                     p - 1,
                                     p - 2,
                                     (p - 1) / 2,
                                     BigInt::power_of_2(64),
                                     BigInt::power_of_2(704),
                                     BigInt::power_of_2(767),
                                     BigInt::power_of_2(640) - 1};
  const auto exponents = edge_exponents();
  for (std::size_t i = 0; i < exponents.size(); ++i) expect_power(bases[i % bases.size()], exponents[i]);
  for (const BigInt& base : bases) {
    expect_power(base, Exponent(24, 0xFF));
    expect_power(base, Exponent(24, 0));
  }
}

TEST(Powers, AreBotansForThousandsOfDrawnNumbers) {
  test::SeededRandom random(768);
  for (int i = 0; i < 1000; ++i) {
    std::vector<std::uint8_t> base(random.chance(0.5) ? 95 : random.between(1, 95));
    Exponent exponent(random.between(20, 24));
    random.fill(base);
    random.fill(exponent);
    expect_power(test::number_of(base), exponent);
    expect_power_of_generator(exponent);
  }
}

TEST(Powers, AgreeWhicheverSideRaisesFirst) {
  test::SeededRandom random(20);
  for (int i = 0; i < 200; ++i) {
    Exponent one(24);
    Exponent other(20);
    random.fill(one);
    random.fill(other);
    Number power_of_one;
    Number power_of_other;
    power_of_generator(one, power_of_one);
    power_of_generator(other, power_of_other);
    Number shared;
    Number same;
    power_of(power_of_one, other, shared);
    power_of(power_of_other, one, same);
    EXPECT_EQ(to_hex(shared), to_hex(same));
  }
}

TEST(Powers, TakeForAPublicKeyWhatIsBetweenOneAndThePrimeLessOne) {
  const BigInt& p = botan().prime();
  for (const BigInt& right : {BigInt(2), BigInt(256), p - 2, p - 3, BigInt::power_of_2(767)})
    EXPECT_TRUE(is_public_key(number(right))) << right.to_hex_string();
  for (const BigInt& wrong : {BigInt(0), BigInt(1), p - 1, p, p + 1, BigInt::power_of_2(768) - 1})
    EXPECT_FALSE(is_public_key(number(wrong))) << wrong.to_hex_string();
}

}  // namespace
}  // namespace gateway::crypto
