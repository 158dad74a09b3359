#include "wire/datagram.h"

#include <array>
#include <string_view>

#include <gtest/gtest.h>

#include "support/recordings.h"
#include "support/vectors.h"
#include "wire/command.h"

namespace gateway::wire {
namespace {

using test::from_hex;
using test::to_hex;

// README.md, "Worked bytes": Connect, MTU 1200, two channels, time 0x10, challenge 0x12345678.
constexpr std::string_view connect_command =
    "02FF01040000002C00000001 0000 04B0 0000 8000 00000002 00000000 00000000 00001388 00000002 00000002";
constexpr std::string_view connect_plain = "FFFF 00 01 00000010 12345678";
constexpr std::string_view connect_crc = "FFFF CC 01 00000010 12345678 57CAA242";

std::vector<std::uint8_t> joined(std::string_view head, std::string_view rest) {
  return from_hex(std::string(head) + std::string(rest));
}

DatagramHeader connect_header(bool crc) {
  return {
      .peer = peer_unassigned, .crc = crc, .command_count = 1, .sent_time = 0x10, .challenge = 0x12345678};
}

Command connect() {
  Command command;
  command.type = CommandType::connect;
  command.reliable_seq = 1;
  command.connect = {.peer = 0, .mtu = 1200, .channels = 2};
  return command;
}

TEST(Datagram, WithConnectIsWrittenByteForByteWithAndWithoutCrc) {
  for (const bool crc : {false, true}) {
    std::array<std::uint8_t, mtu_default> buffer{};
    DatagramWriter writer(buffer, connect_header(crc));
    write_command(writer.commands(), connect());
    writer.count_command();
    const Bytes written = Bytes(buffer).first(writer.finish());
    EXPECT_EQ(to_hex(written), to_hex(joined(crc ? connect_crc : connect_plain, connect_command)));
  }
}

TEST(Datagram, WithConnectIsReadWithAndWithoutCrc) {
  for (const bool crc : {false, true}) {
    const auto bytes = joined(crc ? connect_crc : connect_plain, connect_command);
    const auto datagram = parse_datagram(bytes);
    ASSERT_TRUE(datagram);
    EXPECT_EQ(datagram->header.peer, peer_unassigned);
    EXPECT_EQ(datagram->header.crc, crc);
    EXPECT_EQ(datagram->header.command_count, 1);
    EXPECT_EQ(datagram->header.sent_time, 0x10u);
    EXPECT_EQ(datagram->header.challenge, 0x12345678u);
    EXPECT_EQ(to_hex(datagram->commands), to_hex(from_hex(connect_command)));
  }
}

TEST(Datagram, ThatAnswersConnectIsWrittenByteForByte) {
  std::array<std::uint8_t, mtu_default> buffer{};
  DatagramWriter writer(buffer, {.sent_time = 0x80001000, .challenge = 0x12345678});
  Command ack;
  ack.type = CommandType::ack;
  ack.flags = Flags::unreliable;
  ack.ack = {.reliable_seq = 1, .sent_time = 0x10};
  write_command(writer.commands(), ack);
  writer.count_command();
  Command verify = connect();
  verify.type = CommandType::verify_connect;
  verify.connect.peer = 0x2A;
  write_command(writer.commands(), verify);
  writer.count_command();
  EXPECT_EQ(
      to_hex(Bytes(buffer).first(writer.finish())),
      to_hex(from_hex("0000 00 02 80001000 12345678"
                      "01FF0004 00000014 00000000 00000001 00000010"
                      "03FF0104 0000002C 00000001 002A 04B0 0000 8000 00000002 00000000 00000000 00001388"
                      "00000002 00000002")));
}

TEST(Datagram, CrcIsTheOneWithoutTheFinalInversion) {
  EXPECT_EQ(datagram_crc(bytes_of("123456789")), 0x340BC6D9u);
}

TEST(Datagram, CrcIgnoresWhatStandsInItsField) {
  auto bytes = joined(connect_crc, connect_command);
  const std::uint32_t crc = datagram_crc(bytes);
  EXPECT_EQ(crc, 0x57CAA242u);
  bytes[12] = bytes[13] = bytes[14] = bytes[15] = 0xAB;
  EXPECT_EQ(datagram_crc(bytes), crc);
}

TEST(Datagram, WithAnyBitFlippedFailsItsCrc) {
  const auto bytes = joined(connect_crc, connect_command);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    auto flipped = bytes;
    flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1u << bit % 8));
    if (bit / 8 == 2) continue;  // the flags say whether there is a CRC at all
    EXPECT_EQ(parse_datagram(flipped).error(), Error::datagram_crc) << "bit " << bit;
  }
}

TEST(Datagram, CutInsideItsHeaderIsTruncated) {
  for (const std::string_view head : {connect_plain, connect_crc}) {
    const auto bytes = from_hex(head);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_EQ(parse_datagram(Bytes(bytes).first(size)).error(), Error::datagram_truncated) << size;
    }
  }
}

TEST(Datagram, WithoutCommandsIsReadAsEmpty) {
  const auto datagram = parse_datagram(from_hex(connect_plain));
  ASSERT_TRUE(datagram);
  EXPECT_TRUE(datagram->commands.empty());
}

TEST(Datagram, ThatIsEncryptedOrHasUnknownFlagsIsRefusedByName) {
  EXPECT_EQ(parse_datagram(from_hex("0001 01 12345678 00112233445566")).error(), Error::datagram_encrypted);
  EXPECT_EQ(parse_datagram(from_hex("0001 01 1234")).error(), Error::datagram_encrypted);
  EXPECT_EQ(parse_datagram(from_hex("0001 02 01 00000000 12345678")).error(), Error::datagram_flags);
  EXPECT_EQ(name(Error::datagram_encrypted), "datagram_encrypted");
}

TEST(DatagramWriter, GivesNothingWithoutACommand) {
  std::array<std::uint8_t, mtu_default> buffer{};
  DatagramWriter writer(buffer, connect_header(true));
  EXPECT_EQ(writer.command_count(), 0);
  EXPECT_EQ(writer.finish(), 0u);
}

TEST(DatagramWriter, LeavesTheRoomBehindTheHeaderForCommands) {
  std::array<std::uint8_t, mtu_min> buffer{};
  EXPECT_EQ(DatagramWriter(buffer, connect_header(false)).commands().remaining(), mtu_min - header_bytes);
  EXPECT_EQ(DatagramWriter(buffer, connect_header(true)).commands().remaining(), mtu_min - header_bytes_max);
}

TEST(DatagramWriter, CountsCommandsFromZeroWhateverItsHeaderSaid) {
  std::array<std::uint8_t, mtu_default> buffer{};
  DatagramWriter writer(buffer, connect_header(false));
  for (int i = 0; i < 3; ++i) {
    write_command(writer.commands(), Command{});
    writer.count_command();
  }
  const auto datagram = parse_datagram(Bytes(buffer).first(writer.finish()));
  ASSERT_TRUE(datagram);
  EXPECT_EQ(datagram->header.command_count, 3);
  EXPECT_EQ(datagram->commands.size(), 36u);
}

TEST(RegionPing, IsTwelveMarksAndAnIdAndNothingElse) {
  const auto file = test::load_vectors("region_ping.json");
  for (const auto& vector : file.as_array()) {
    EXPECT_TRUE(is_region_ping(from_hex(vector.at("request").as_string())));
    EXPECT_EQ(vector.at("request"), vector.at("reply"));
  }
  EXPECT_FALSE(is_region_ping(from_hex("7d7d7d7d7d7d7d7d7d7d7d7d")));
  EXPECT_FALSE(is_region_ping(from_hex("7d7d7d7d7d7d7d7d7d7d7d7d2a00")));
  EXPECT_FALSE(is_region_ping(from_hex("7d7d7d7d7d7d7d7d7d7d7d7c2a")));
  EXPECT_FALSE(is_region_ping({}));
}

// Only what the real client wrote must come out the same: the recorded server left most of VerifyConnect
// zero.
TEST(RecordedDatagrams, AreReadToTheirLastByteAndTheClientsAreWrittenBackTheSame) {
  std::size_t commands = 0;
  for (const auto& recording_name : test::recording_names(test::Transport::udp)) {
    for (const auto& recorded : test::load_recording(recording_name).datagrams) {
      SCOPED_TRACE(recording_name + ": " + to_hex(recorded.bytes));
      const auto datagram = parse_datagram(recorded.bytes);
      ASSERT_TRUE(datagram);
      std::vector<std::uint8_t> buffer(recorded.bytes.size() + header_bytes_max);
      DatagramWriter writer(buffer, datagram->header);
      ByteReader in(datagram->commands);
      for (int i = 0; i < datagram->header.command_count; ++i, ++commands) {
        const auto command = parse_command(in, Strictness::strict);
        ASSERT_TRUE(command && *command);
        write_command(writer.commands(), **command);
        writer.count_command();
      }
      ASSERT_EQ(in.remaining(), 0u);
      const std::size_t length = writer.finish();
      if (recorded.direction == test::Direction::to_client) continue;
      ASSERT_EQ(to_hex(Bytes(buffer).first(length)), to_hex(recorded.bytes));
    }
  }
  EXPECT_GT(commands, 5000u);
}

}  // namespace
}  // namespace gateway::wire
