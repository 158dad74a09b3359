#include "base/bytes.h"

#include <array>
#include <limits>

#include <gtest/gtest.h>

#include "support/vectors.h"

namespace gateway {
namespace {

using test::from_hex;
using test::to_hex;

TEST(ByteReader, ReadsBigEndianUnlessTheNameSaysLittle) {
  const auto bytes = from_hex("01 0203 04050607 0809");
  ByteReader in(bytes);
  EXPECT_EQ(in.u8(), 0x01);
  EXPECT_EQ(in.u16(), 0x0203);
  EXPECT_EQ(in.u32(), 0x04050607u);
  EXPECT_EQ(in.u16_little(), 0x0908);
  EXPECT_TRUE(in.ok());
  EXPECT_EQ(in.remaining(), 0u);
}

TEST(ByteReader, GivesZerosForGoodAfterTheFirstReadPastTheEnd) {
  const auto bytes = from_hex("0102 03");
  ByteReader in(bytes);
  in.u16();
  EXPECT_EQ(in.u16(), 0);
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(in.u8(), 0);  // one byte is there, but the reader failed
  EXPECT_TRUE(in.bytes(1).empty());
  EXPECT_TRUE(in.bytes(0).empty());
  EXPECT_EQ(in.remaining(), 0u);
  EXPECT_EQ(in.position(), 2u);
  EXPECT_FALSE(in.ok());
}

TEST(ByteReader, RefusesACountThatWouldOverflow) {
  const auto bytes = from_hex("0102 03");
  ByteReader in(bytes);
  in.u8();
  in.skip(std::numeric_limits<std::size_t>::max());
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(in.position(), 1u);
}

TEST(ByteReader, FailsWhenItsUserSaysSo) {
  const auto bytes = from_hex("01");
  ByteReader in(bytes);
  in.fail();
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(in.u8(), 0);
}

TEST(ByteReader, GivesViewsIntoTheBytes) {
  const auto bytes = from_hex("01020304");
  ByteReader in(bytes);
  in.skip(1);
  const Bytes view = in.bytes(2);
  EXPECT_EQ(view.data(), bytes.data() + 1);
  EXPECT_EQ(view.size(), 2u);
}

TEST(ByteWriter, WritesWhatTheReaderReads) {
  std::array<std::uint8_t, 11> buffer{};
  ByteWriter out(buffer);
  out.u8(0x01);
  out.u16(0x0203);
  out.u32(0x04050607);
  out.u16_little(0x0908);
  out.bytes(from_hex("0a0b"));
  EXPECT_TRUE(out.ok());
  EXPECT_EQ(to_hex(out.written()), "0102030405060708090a0b");
  EXPECT_EQ(out.remaining(), 0u);
}

TEST(ByteWriter, WritesNothingMoreAfterTheFirstWriteThatDidNotFit) {
  std::array<std::uint8_t, 3> buffer{};
  ByteWriter out(buffer);
  out.u16(0x0102);
  out.u32(0xFFFFFFFF);
  out.u8(0xFF);
  out.bytes({});
  EXPECT_FALSE(out.ok());
  EXPECT_TRUE(out.reserve(0).empty());
  EXPECT_EQ(to_hex(buffer), "010200");
  EXPECT_EQ(to_hex(out.written()), "0102");
}

TEST(ByteWriter, ReservesRoomForTheCallerToFill) {
  std::array<std::uint8_t, 4> buffer{};
  ByteWriter out(buffer);
  const MutableBytes room = out.reserve(2);
  out.u16(0x0304);
  room[0] = 1;
  room[1] = 2;
  EXPECT_EQ(to_hex(buffer), "01020304");
}

TEST(Text, IsTheSameMemoryAsItsBytes) {
  const std::string_view text = "abc";
  EXPECT_EQ(to_hex(bytes_of(text)), "616263");
  EXPECT_EQ(text_of(bytes_of(text)).data(), text.data());
  EXPECT_EQ(text_of({}), "");
}

}  // namespace
}  // namespace gateway
