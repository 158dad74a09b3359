#include "crypto/cipher.h"

#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "support/seeded_random.h"
#include "support/vectors.h"

namespace gateway::crypto {
namespace {

using test::from_hex;
using test::to_hex;

std::vector<std::uint8_t> field(const boost::json::object& object, std::string_view name) {
  return from_hex(object.at(name).as_string());
}

Key key_of(Bytes bytes) {
  return {bytes.begin(), bytes.end()};
}

/// Every engine that this processor has.
std::vector<BlockEngine> engines() {
  if (best_block_engine() == BlockEngine::botan) return {BlockEngine::botan};
  return {BlockEngine::botan, best_block_engine()};
}

class CipherVectors : public testing::TestWithParam<BlockEngine> {
 protected:
  const boost::json::value file_ = test::load_vectors("aes.json");
  const boost::json::object& vectors_ = file_.as_object();
  const Cipher cipher_{key_of(field(vectors_, "key")), GetParam()};
};

INSTANTIATE_TEST_SUITE_P(Cipher, CipherVectors, testing::ValuesIn(engines()), [](const auto& each) {
  return std::string(each.param == BlockEngine::botan ? "Botan" : "AesNi");
});

std::vector<std::uint8_t> sequence(std::size_t size) {
  std::vector<std::uint8_t> bytes(size);
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{1});
  return bytes;
}

TEST_P(CipherVectors, AreSealedByteForByte) {
  for (const auto& entry : vectors_.at("cases").as_array()) {
    const auto clear = field(entry.as_object(), "plain");
    std::vector<std::uint8_t> out(sealed_size(clear.size()));
    ASSERT_EQ(cipher_.seal(clear, out), out.size());
    EXPECT_EQ(to_hex(out), entry.at("cipher").as_string());
  }
}

TEST_P(CipherVectors, AreOpenedExceptTheEmptyMessage) {
  for (const auto& entry : vectors_.at("cases").as_array()) {
    const auto sealed = field(entry.as_object(), "cipher");
    const auto clear = field(entry.as_object(), "plain");
    std::vector<std::uint8_t> out(sealed.size());
    const auto length = cipher_.open(sealed, out);
    ASSERT_EQ(length.has_value(), !clear.empty());
    EXPECT_EQ(to_hex(Bytes(out).first(length.value_or(0))), to_hex(clear));
  }
}

TEST_P(CipherVectors, WithBadPaddingOrLengthAreRefused) {
  for (const auto& entry : vectors_.at("bad").as_array()) {
    const auto sealed = field(entry.as_object(), "cipher");
    std::vector<std::uint8_t> out(sealed.size());
    EXPECT_EQ(cipher_.open(sealed, out), std::nullopt) << entry.at("why").as_string();
  }
}

TEST_P(CipherVectors, OfEveryLengthSurviveTheRoundTrip) {
  for (std::size_t size = 1; size < 200; ++size) {
    const auto clear = sequence(size);
    std::vector<std::uint8_t> sealed(sealed_size(size));
    ASSERT_EQ(cipher_.seal(clear, sealed), sealed.size());
    std::vector<std::uint8_t> opened(sealed.size());
    ASSERT_EQ(cipher_.open(sealed, opened), size);
    EXPECT_EQ(to_hex(Bytes(opened).first(size)), to_hex(clear));
  }
}

TEST_P(CipherVectors, AreSealedInPlaceToTheSameBytes) {
  for (std::size_t size = 0; size < 70; ++size) {
    const auto clear = sequence(size);
    std::vector<std::uint8_t> apart(sealed_size(size));
    cipher_.seal(clear, apart);
    std::vector<std::uint8_t> in_place = clear;
    in_place.resize(sealed_size(size));
    cipher_.seal(Bytes(in_place).first(size), in_place);
    EXPECT_EQ(to_hex(in_place), to_hex(apart));
  }
}

// Decrypts one block without looking at padding: the last byte of a chosen ciphertext can then be set to
// anything.
TEST_P(CipherVectors, AreRefusedForEveryPaddingByteThatDoesNotFitTheBlock) {
  auto sealed = std::vector<std::uint8_t>(32);
  cipher_.seal(sequence(20), sealed);  // 12 bytes of padding, all of them 12
  std::vector<std::uint8_t> out(sealed.size());
  int accepted = 0;
  for (int change = 0; change < 256; ++change) {
    auto changed = sealed;
    changed[15] =
        static_cast<std::uint8_t>(changed[15] ^ change);  // flips the same bits of the last clear byte
    const auto length = cipher_.open(changed, out);
    if (!length) continue;
    ++accepted;
    EXPECT_EQ(*length, change == 0 ? 20u : 31u);  // the right padding, or a single 01
  }
  EXPECT_EQ(accepted, 2);
}

TEST_P(CipherVectors, AreRefusedWhenAnyPaddingByteDiffers) {
  auto sealed = std::vector<std::uint8_t>(32);
  cipher_.seal(sequence(16), sealed);  // the last block is all padding
  std::vector<std::uint8_t> out(sealed.size());
  for (std::size_t i = 0; i < 16; ++i) {
    auto changed = sealed;
    changed[i] = static_cast<std::uint8_t>(changed[i] ^ 0x40);
    EXPECT_EQ(cipher_.open(changed, out), std::nullopt) << i;
  }
}

TEST_P(CipherVectors, OpenAfterTheCipherMoved) {
  Cipher first(key_of(field(vectors_, "key")), GetParam());
  Cipher second(key_of(sequence(32)), GetParam());
  second = std::move(first);
  std::vector<std::uint8_t> sealed(16);
  second.seal(from_hex("e6"), sealed);
  EXPECT_EQ(to_hex(sealed), "b3f2c199274c3ba0a5a8ce6c9bd483fe");
}

TEST_P(CipherVectors, AreWhatBotanMakesOfThemUnderAnyKeyAndLength) {
  test::SeededRandom random(256);
  for (std::size_t size = 0; size < 600; ++size) {
    Key key(key_bytes);
    random.fill(key);
    std::vector<std::uint8_t> clear(size);
    random.fill(clear);
    const Cipher cipher(key, GetParam());
    const Cipher reference(key, BlockEngine::botan);
    std::vector<std::uint8_t> sealed(sealed_size(size));
    std::vector<std::uint8_t> expected(sealed.size());
    cipher.seal(clear, sealed);
    reference.seal(clear, expected);
    ASSERT_EQ(to_hex(sealed), to_hex(expected)) << size;
    std::vector<std::uint8_t> opened(sealed.size());
    const auto length = cipher.open(sealed, opened);
    ASSERT_EQ(length.value_or(0), size);
    ASSERT_EQ(to_hex(Bytes(opened).first(size)), to_hex(clear));
  }
}

TEST_P(CipherVectors, AreSealedAndOpenedWithinTheirMemory) {
  for (std::size_t size = 1; size < 300; ++size) {
    std::vector<std::uint8_t> sealed(sealed_size(size) + 2, 0xEE);
    const auto clear = sequence(size);
    cipher_.seal(clear, MutableBytes(sealed).subspan(1, sealed_size(size)));
    ASSERT_EQ(sealed.front(), 0xEE);
    ASSERT_EQ(sealed.back(), 0xEE);
    std::vector<std::uint8_t> opened(sealed.size(), 0xEE);
    cipher_.open(Bytes(sealed).subspan(1, sealed_size(size)),
                 MutableBytes(opened).subspan(1, sealed_size(size)));
    ASSERT_EQ(opened.front(), 0xEE);
    ASSERT_EQ(opened.back(), 0xEE);
  }
}

TEST(Padding, FillsWhatIsLessThanABlock) {
  for (std::size_t size = 0; size < block_bytes; ++size) {
    auto expected = sequence(size);
    expected.resize(block_bytes, static_cast<std::uint8_t>(block_bytes - size));
    EXPECT_EQ(to_hex(padded(sequence(size))), to_hex(expected));
    EXPECT_EQ(padding_of(padded(sequence(size))), block_bytes - size);
  }
}

}  // namespace
}  // namespace gateway::crypto
