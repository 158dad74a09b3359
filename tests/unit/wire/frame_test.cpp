#include "wire/frame.h"

#include <gtest/gtest.h>

#include "support/vectors.h"

namespace gateway::wire {
namespace {

using test::from_hex;
using test::to_hex;

constexpr StreamRules to_server{.ping_size = ping_bytes};
constexpr StreamRules to_client{.ping_size = pong_bytes};

std::vector<std::uint8_t> vector_named(std::string_view name) {
  for (const auto& vector : test::load_vector_list("tcp.json")) {
    if (vector.what.starts_with(name)) return vector.bytes;
  }
  ADD_FAILURE() << "no vector " << name;
  return {};
}

// The unit that must be complete at the start of the stream.
StreamUnit unit_at(Bytes stream, const StreamRules& rules) {
  const auto unit = parse_stream_unit(stream, rules);
  EXPECT_TRUE(unit && *unit) << to_hex(stream);
  return unit && *unit ? **unit : StreamUnit{};
}

std::vector<std::uint8_t> framed(std::size_t message_size, std::uint8_t channel = 0,
                                 std::uint8_t delivery = 1) {
  std::vector<std::uint8_t> bytes(frame_header_bytes + message_size, 0xF3);
  ByteWriter out(bytes);
  write_frame_header(out, message_size, channel, delivery);
  return bytes;
}

TEST(Frame, IsReadWithItsChannelAndDelivery) {
  const auto bytes = vector_named("framed operation without parameters, channel 1, unreliable");
  const StreamUnit unit = unit_at(bytes, to_server);
  EXPECT_FALSE(unit.ping);
  EXPECT_EQ(unit.channel, 1);
  EXPECT_EQ(unit.delivery, 0);
  EXPECT_EQ(to_hex(unit.payload), "f302e50000");
}

TEST(Frame, OfEveryVectorIsReadWholeAndWrittenTheSame) {
  for (const auto& vector : test::load_vector_list("tcp.json")) {
    SCOPED_TRACE(vector.what);
    if (!vector.what.starts_with("framed")) continue;
    const StreamUnit unit = unit_at(vector.bytes, to_server);
    ASSERT_EQ(unit.payload.size() + frame_header_bytes, vector.bytes.size());
    std::vector<std::uint8_t> written(vector.bytes.size());
    ByteWriter out(written);
    write_frame_header(out, unit.payload.size(), unit.channel, unit.delivery);
    out.bytes(unit.payload);
    EXPECT_EQ(to_hex(written), to_hex(vector.bytes));
  }
}

TEST(Frame, KeepsADeliveryNobodyKnows) {
  const StreamUnit unit = unit_at(framed(5, 0xFF, 0xFE), to_server);
  EXPECT_EQ(unit.channel, 0xFF);
  EXPECT_EQ(unit.delivery, 0xFE);
}

TEST(Frame, IsIncompleteUntilItsLastByte) {
  const auto bytes = vector_named("framed init request");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto unit = parse_stream_unit(Bytes(bytes).first(size), to_server);
    ASSERT_TRUE(unit) << size;
    EXPECT_FALSE(*unit) << size;
  }
}

TEST(Frame, TellsItsSizeAsSoonAsTheLengthIsThere) {
  const auto bytes = vector_named("framed init request");
  for (std::size_t size = 0; size < 5; ++size) {
    EXPECT_EQ(*stream_unit_size(Bytes(bytes).first(size), to_server), 0u) << size;
  }
  EXPECT_EQ(*stream_unit_size(Bytes(bytes).first(5), to_server), bytes.size());
}

TEST(Frame, BeginsWithFbOrIsAPing) {
  for (int first = 0; first < 256; ++first) {
    const auto byte = static_cast<std::uint8_t>(first);
    const auto size = stream_unit_size(Bytes(&byte, 1), to_server);
    if (byte == frame_magic || byte == ping_magic) {
      EXPECT_TRUE(size) << first;
    } else {
      EXPECT_EQ(size.error(), Error::frame_start) << first;
    }
  }
}

TEST(Frame, HasAtLeastTheNineBytesAClientReads) {
  for (std::uint8_t length = 0; length < 9; ++length) {
    const std::vector<std::uint8_t> bytes = {frame_magic, 0, 0, 0, length};
    EXPECT_EQ(stream_unit_size(bytes, to_server).error(), Error::frame_length) << int{length};
    EXPECT_EQ(parse_stream_unit(bytes, to_client).error(), Error::frame_length) << int{length};
  }
  EXPECT_EQ(unit_at(framed(2), to_client).payload.size(), 2u);
}

TEST(Frame, OverTheLimitIsRefusedBeforeItIsComplete) {
  const StreamRules rules{.message_max = 1000};
  EXPECT_EQ(*stream_unit_size(Bytes(framed(1000)).first(5), rules), 1007u);
  EXPECT_EQ(stream_unit_size(Bytes(framed(1001)).first(5), rules).error(), Error::frame_too_long);
  EXPECT_EQ(stream_unit_size(from_hex("fb ffffffff"), rules).error(), Error::frame_too_long);
  EXPECT_EQ(unit_at(framed(1000), rules).payload.size(), 1000u);
}

TEST(StreamPing, HasFiveBytesToTheServerAndNineToTheClient) {
  const auto ping = vector_named("ping");
  const auto pong = vector_named("pong");
  const StreamUnit to_server_unit = unit_at(ping, to_server);
  EXPECT_TRUE(to_server_unit.ping);
  EXPECT_EQ(to_hex(to_server_unit.payload), to_hex(ping));
  EXPECT_EQ(to_hex(unit_at(pong, to_client).payload), to_hex(pong));
  EXPECT_EQ(unit_at(pong, to_server).payload.size(), ping_bytes);
  EXPECT_FALSE(*parse_stream_unit(ping, to_client));
}

TEST(StreamPing, IsIncompleteUntilItsLastByte) {
  const auto pong = vector_named("pong");
  for (std::size_t size = 0; size < pong.size(); ++size) {
    EXPECT_FALSE(*parse_stream_unit(Bytes(pong).first(size), to_client)) << size;
  }
}

TEST(Stream, IsReadUnitByUnit) {
  const auto stream = vector_named("coalesced");
  Bytes rest = stream;
  const StreamUnit response = unit_at(rest, to_client);
  EXPECT_EQ(to_hex(response.payload), "f30100");
  rest = rest.subspan(frame_header_bytes + response.payload.size());
  const StreamUnit pong = unit_at(rest, to_client);
  EXPECT_TRUE(pong.ping);
  EXPECT_EQ(to_hex(pong.payload), "f00001e240000003e8");
  rest = rest.subspan(pong.payload.size());
  const StreamUnit exchange = unit_at(rest, to_client);
  EXPECT_EQ(exchange.payload.size() + frame_header_bytes, rest.size());
  EXPECT_EQ(to_hex(exchange.payload.first(3)), "f30700");
}

}  // namespace
}  // namespace gateway::wire
