#include "wire/command.h"

#include <array>

#include <gtest/gtest.h>

#include "support/vectors.h"

namespace gateway::wire {
namespace {

using test::from_hex;
using test::to_hex;

constexpr std::array all_types = {
    CommandType::ack,
    CommandType::connect,
    CommandType::verify_connect,
    CommandType::disconnect,
    CommandType::ping,
    CommandType::send_reliable,
    CommandType::send_unreliable,
    CommandType::send_fragment,
    CommandType::send_unsequenced,
    CommandType::server_time,
    CommandType::send_reliable_unsequenced,
    CommandType::send_fragment_unsequenced,
    CommandType::ack_unsequenced,
};

bool carries_data(CommandType type) {
  const auto number = static_cast<int>(type);
  return (number >= 6 && number <= 8) || number == 11 || number == 14 || number == 15;
}

const std::vector<std::uint8_t> data = from_hex("f3 02 64 00");

// A command of the type with a different number in every field.
Command sample(CommandType type) {
  Command command;
  command.type = type;
  command.channel = 3;
  command.flags = Flags::reliable_unsequenced;
  command.reserved = 2;
  command.reliable_seq = 0x01020304;
  command.unreliable_seq = 0x05060708;
  command.ack = {.reliable_seq = 0x11121314, .sent_time = 0x21222324};
  command.connect = {.peer = 0x3132, .mtu = 0x3334, .channels = 0x35};
  command.fragment = {.start_seq = 0x41, .count = 0x42, .number = 0x43, .total_length = 0x44, .offset = 0x45};
  if (carries_data(type)) command.payload = data;
  return command;
}

std::vector<std::uint8_t> written(const Command& command) {
  std::vector<std::uint8_t> buffer(64);
  ByteWriter out(buffer);
  write_command(out, command);
  EXPECT_TRUE(out.ok());
  buffer.resize(out.position());
  return buffer;
}

TEST(Command, OfEveryTypeSurvivesTheRoundTrip) {
  for (const CommandType type : all_types) {
    SCOPED_TRACE(static_cast<int>(type));
    const auto bytes = written(sample(type));
    EXPECT_EQ(bytes.size(), command_bytes(type) + (carries_data(type) ? data.size() : 0));
    ByteReader in(bytes);
    const auto command = parse_command(in, Strictness::strict);
    ASSERT_TRUE(command && *command);
    EXPECT_EQ(in.remaining(), 0u);
    EXPECT_EQ((*command)->type, type);
    EXPECT_EQ((*command)->channel, 3);
    EXPECT_EQ((*command)->flags, Flags::reliable_unsequenced);
    EXPECT_EQ((*command)->reserved, 2);
    EXPECT_EQ((*command)->reliable_seq, 0x01020304u);
    EXPECT_EQ(to_hex(written(**command)), to_hex(bytes));
  }
}

TEST(Command, HasItsFieldsWhereTheLayoutSays) {
  const auto hex = [](CommandType type) { return to_hex(written(sample(type))); };
  EXPECT_EQ(hex(CommandType::ack),
            "010303020000001401020304"
            "1112131421222324");
  EXPECT_EQ(hex(CommandType::ping), "050303020000000c01020304");
  EXPECT_EQ(hex(CommandType::disconnect), "040303020000000c01020304");
  EXPECT_EQ(hex(CommandType::server_time), "0c0303020000000c01020304");
  EXPECT_EQ(hex(CommandType::send_reliable),
            "060303020000001001020304"
            "f3026400");
  EXPECT_EQ(hex(CommandType::send_unreliable),
            "070303020000001401020304"
            "05060708"
            "f3026400");
  EXPECT_EQ(hex(CommandType::send_unsequenced),
            "0b0303020000001401020304"
            "05060708"
            "f3026400");
  EXPECT_EQ(hex(CommandType::send_fragment),
            "080303020000002401020304"
            "0000004100000042000000430000004400000045"
            "f3026400");
  EXPECT_EQ(hex(CommandType::connect),
            "020303020000002c01020304"
            "31323334"
            "00008000"
            "00000035"
            "0000000000000000"
            "000013880000000200000002");
}

TEST(Command, OfTheNewestClientsIsReadWithItsFeatureBits) {
  const auto bytes = from_hex(
      "02FF01040000002C00000001 0000 04B0 0002 8000 00000002 FFFF0000 00000000 00001388 00000002 00000002");
  ByteReader in(bytes);
  const auto command = parse_command(in, Strictness::strict);
  ASSERT_TRUE(command && *command);
  EXPECT_EQ((*command)->connect.mtu, 1200);
  EXPECT_EQ((*command)->connect.channels, 2);
}

TEST(Command, CutAtAnyByteIsTruncated) {
  for (const CommandType type : all_types) {
    const auto bytes = written(sample(type));
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      ByteReader in(Bytes(bytes).first(size));
      const auto command = parse_command(in, Strictness::strict);
      ASSERT_FALSE(command) << static_cast<int>(type) << " cut to " << size;
      EXPECT_EQ(command.error(), Error::command_truncated);
    }
  }
}

Result<std::optional<Command>> parsed(std::string_view hex, Strictness strictness) {
  const auto bytes = from_hex(hex);
  ByteReader in(bytes);
  auto command = parse_command(in, strictness);
  if (command && *command) (*command)->payload = {};  // a view into bytes that end here
  return command;
}

TEST(Command, SmallerThanItsTypeIsRefused) {
  for (const CommandType type : all_types) {
    auto bytes = written(sample(type));
    bytes[7] = static_cast<std::uint8_t>(command_bytes(type) - 1);
    for (const auto strictness : {Strictness::strict, Strictness::lenient}) {
      ByteReader in(bytes);
      EXPECT_EQ(parse_command(in, strictness).error(), Error::command_size) << static_cast<int>(type);
    }
  }
}

TEST(Command, OfFixedSizeThatAnnouncesMoreIsRefusedByTheStrictReaderOnly) {
  // A Ping that says 20 bytes and has 12, the next command right behind it.
  const std::string_view ping_and_data = "05FF0104 00000014 00000001 06000104 0000000E 00000001 F301";
  EXPECT_EQ(parsed(ping_and_data, Strictness::strict).error(), Error::command_size);
  const auto bytes = from_hex(ping_and_data);
  ByteReader in(bytes);
  const auto ping = parse_command(in, Strictness::lenient);
  ASSERT_TRUE(ping && *ping);
  EXPECT_EQ((*ping)->type, CommandType::ping);
  EXPECT_TRUE((*ping)->payload.empty());
  const auto message = parse_command(in, Strictness::lenient);
  ASSERT_TRUE(message && *message);
  EXPECT_EQ((*message)->payload.size(), 2u);
  EXPECT_EQ(in.remaining(), 0u);
}

TEST(Command, OfFixedSizeThatAnnouncesMoreThanThereIsEndsWhereItsTypeEnds) {
  const auto bytes = from_hex("05FF0104 00000014 00000001");
  ByteReader in(bytes);
  ASSERT_TRUE(parse_command(in, Strictness::lenient));
  EXPECT_EQ(in.remaining(), 0u);
  EXPECT_EQ(parsed("05FF0104 00000014 00000001", Strictness::strict).error(), Error::command_size);
  EXPECT_EQ(parsed("06000104 00000014 00000001 AABB", Strictness::lenient).error(), Error::command_truncated);
}

TEST(Command, WithAnAbsurdSizeIsTruncated) {
  EXPECT_EQ(parsed("06000104 FFFFFFFF 00000001 AABB", Strictness::strict).error(), Error::command_truncated);
  EXPECT_EQ(parsed("63000104 FFFFFFFF 00000001 AABB", Strictness::strict).error(), Error::command_truncated);
}

TEST(Command, OfAnUnknownTypeIsSkippedByItsSize) {
  for (const int type : {0, 9, 10, 13, 17, 18, 19, 255}) {
    auto bytes = from_hex("00000000 0000000F 00000001 AABBCC 05FF0104 0000000C 00000002");
    bytes[0] = static_cast<std::uint8_t>(type);
    ByteReader in(bytes);
    const auto unknown = parse_command(in, Strictness::strict);
    ASSERT_TRUE(unknown) << type;
    EXPECT_FALSE(*unknown) << type;
    const auto ping = parse_command(in, Strictness::strict);
    ASSERT_TRUE(ping && *ping);
    EXPECT_EQ((*ping)->type, CommandType::ping);
  }
  EXPECT_EQ(parsed("63000104 0000000B 00000001", Strictness::lenient).error(), Error::command_size);
}

TEST(Command, IgnoresFlagBitsNobodyDefined) {
  EXPECT_EQ((*parsed("05FFFD04 0000000C 00000001", Strictness::strict))->flags, Flags::reliable);
}

TEST(Command, WithAnyByteChangedIsReadOrRefusedWithinItsBytes) {
  for (const CommandType type : all_types) {
    const auto bytes = written(sample(type));
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      for (int value = 0; value < 256; ++value) {
        auto changed = bytes;
        changed[i] = static_cast<std::uint8_t>(value);
        for (const auto strictness : {Strictness::strict, Strictness::lenient}) {
          ByteReader in(changed);
          const auto command = parse_command(in, strictness);
          ASSERT_LE(in.position(), changed.size());
          if (command && *command) {
            ASSERT_LE((*command)->payload.size(), changed.size());
          }
        }
      }
    }
  }
}

TEST(Command, ThatDoesNotFitMarksTheWriter) {
  for (const CommandType type : all_types) {
    const std::size_t size = written(sample(type)).size();
    std::vector<std::uint8_t> buffer(size - 1);
    ByteWriter out(buffer);
    write_command(out, sample(type));
    EXPECT_FALSE(out.ok()) << static_cast<int>(type);
  }
}

TEST(Flags, SayWhetherACommandIsReliableAndWhetherItIsSequenced) {
  EXPECT_FALSE(is_reliable(Flags::unreliable));
  EXPECT_TRUE(is_reliable(Flags::reliable));
  EXPECT_FALSE(is_reliable(Flags::unsequenced));
  EXPECT_TRUE(is_reliable(Flags::reliable_unsequenced));
  EXPECT_FALSE(is_unsequenced(Flags::unreliable));
  EXPECT_FALSE(is_unsequenced(Flags::reliable));
  EXPECT_TRUE(is_unsequenced(Flags::unsequenced));
  EXPECT_TRUE(is_unsequenced(Flags::reliable_unsequenced));
}

}  // namespace
}  // namespace gateway::wire
