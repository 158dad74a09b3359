#include "crypto/field.h"

#include <bit>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/seeded_random.h"
#include "unit/crypto/botan_powers.h"

namespace gateway::crypto {
namespace {

using Botan::BigInt;

/// Every way to multiply that this processor has.
std::vector<Multiplier> multipliers() {
  if (best_multiplier() == Multiplier::portable) return {Multiplier::portable};
  return {Multiplier::portable, best_multiplier()};
}

class EachMultiplier : public testing::TestWithParam<Multiplier> {
 protected:
  Limbs limbs(const BigInt& number) { return limbs_of(test::bytes_of(number, 96)); }
  BigInt number(const Limbs& limbs) {
    std::array<std::uint8_t, 96> bytes{};
    write_limbs(limbs, bytes);
    return test::number_of(bytes);
  }

  BigInt product(const BigInt& a, const BigInt& b) {
    Limbs x = limbs(a);
    Limbs y = limbs(b);
    field_.enter(x);
    field_.enter(y);
    field_.multiply(x, y);
    field_.leave(x);
    return number(x);
  }

  BigInt square(const BigInt& a) {
    Limbs x = limbs(a);
    field_.enter(x);
    field_.square(x);
    field_.leave(x);
    return number(x);
  }

  void expect_product(const BigInt& a, const BigInt& b) {
    EXPECT_EQ(product(a, b), botan_.reduced(a * b)) << a.to_hex_string() << " × " << b.to_hex_string();
  }

  /// Uniform, or with limbs that are all ones or all zeros, where carries go far.
  BigInt draw() {
    std::vector<std::uint8_t> bytes(96);
    random_.fill(bytes);
    const bool extreme = random_.chance(0.5);
    for (std::size_t limb = 0; limb < 12; ++limb) {
      if (!extreme || random_.chance(0.3)) continue;
      const std::uint8_t fill = random_.chance(0.5) ? 0xFF : 0;
      std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(limb * 8), 8, fill);
    }
    return test::number_of(bytes);
  }

  const test::BotanPowers botan_;
  const BigInt p_ = botan_.prime();
  const BigInt all_ones_ = BigInt::power_of_2(768) - 1;
  test::SeededRandom random_{GetParam() == Multiplier::portable ? 1u : 2u};
  Field field_{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(Field, EachMultiplier, testing::ValuesIn(multipliers()), [](const auto& each) {
  return std::string(each.param == Multiplier::portable ? "Portable" : "Adx");
});

TEST_P(EachMultiplier, KnowsThePrimeOfTheProtocol) {
  EXPECT_EQ(number(Field::prime()), p_);
  EXPECT_EQ(number(Field::one()), BigInt::power_of_2(768) - p_);
}

TEST_P(EachMultiplier, LeavesAsItEntered) {
  for (const BigInt& each : {BigInt(0), BigInt(1), BigInt(2), p_ - 1, BigInt::power_of_2(767)}) {
    Limbs x = limbs(each);
    field_.enter(x);
    field_.leave(x);
    EXPECT_EQ(number(x), each);
  }
}

TEST_P(EachMultiplier, LeavesWithLessThanThePrime) {
  for (const BigInt& above : {p_, p_ + 1, p_ + 2, all_ones_}) {
    Limbs x = limbs(above);
    field_.enter(x);
    field_.leave(x);
    EXPECT_EQ(number(x), above - p_);
  }
}

TEST_P(EachMultiplier, MultipliesAtTheEdgesAsBotanDoes) {
  std::vector<BigInt> edges = {
      0, 1, 2, p_ - 1, p_ - 2, (p_ - 1) / 2, p_, p_ + 1, all_ones_, BigInt::power_of_2(768) - p_};
  for (std::size_t limb = 0; limb < 12; ++limb) {
    edges.push_back(BigInt::power_of_2(64 * limb));
    edges.push_back(BigInt::power_of_2(64 * limb + 63));
    edges.push_back(all_ones_ - BigInt::power_of_2(64 * limb));
    edges.push_back(BigInt::power_of_2(64 * limb + 64) - 1);
  }
  for (const BigInt& a : edges) {
    for (const BigInt& b : edges) expect_product(a, b);
    EXPECT_EQ(square(a), botan_.reduced(a * a)) << a.to_hex_string();
  }
}

TEST_P(EachMultiplier, MultipliesThousandsOfNumbersAsBotanDoes) {
  for (int i = 0; i < 5000; ++i) expect_product(draw(), draw());
}

TEST_P(EachMultiplier, SquaresThousandsOfNumbersAsItMultiplies) {
  for (int i = 0; i < 5000; ++i) {
    const Limbs each = limbs(draw());
    Limbs squared = each;
    Limbs multiplied = each;
    field_.square(squared);
    field_.multiply(multiplied, each);
    EXPECT_EQ(number(squared), number(multiplied)) << number(each).to_hex_string();
  }
}

TEST_P(EachMultiplier, GivesTheSameNumbersAsThePortableOne) {
  Field portable(Multiplier::portable);
  Limbs one = limbs(draw());
  Limbs other = one;
  for (int i = 0; i < 5000; ++i) {
    const Limbs by = limbs(draw());
    field_.multiply(one, by);
    portable.multiply(other, by);
    field_.square(one);
    portable.square(other);
    ASSERT_EQ(one, other) << i;
  }
}

}  // namespace
}  // namespace gateway::crypto
