#include "message/envelope.h"

#include <gtest/gtest.h>

#include "support/vectors.h"

namespace gateway::message {
namespace {

using test::from_hex;
using test::to_hex;

TEST(Envelope, TellsTypeEncryptionAndBody) {
  const auto bytes = from_hex("f3 82 0102");
  const auto envelope = parse_envelope(bytes);
  ASSERT_TRUE(envelope);
  EXPECT_EQ(envelope->type, Type::request);
  EXPECT_TRUE(envelope->encrypted);
  EXPECT_EQ(to_hex(envelope->body), "0102");
  EXPECT_EQ(envelope->code(), std::uint8_t{1});
}

TEST(Envelope, KeepsTheOtherMagicAndUnknownTypes) {
  const auto bytes = from_hex("fd 2a");
  const auto envelope = parse_envelope(bytes);
  ASSERT_TRUE(envelope);
  EXPECT_EQ(envelope->first, magic_alternative);
  EXPECT_EQ(static_cast<int>(envelope->type), 0x2A);
  EXPECT_FALSE(envelope->encrypted);
  EXPECT_EQ(envelope->code(), std::nullopt);
}

TEST(Envelope, IsNoneOfBytesThatAreNoMessage) {
  EXPECT_FALSE(parse_envelope({}));
  EXPECT_FALSE(parse_envelope(from_hex("f3")));
  EXPECT_FALSE(parse_envelope(from_hex("f0 02 03")));
  EXPECT_FALSE(parse_envelope(from_hex("f5 00 04")));
  EXPECT_FALSE(parse_envelope(from_hex("50 4f 53 54")));
}

}  // namespace
}  // namespace gateway::message
