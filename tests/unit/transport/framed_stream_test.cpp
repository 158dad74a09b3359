#include "transport/framed_stream.h"

#include <array>
#include <string>

#include <gtest/gtest.h>

#include "support/vectors.h"
#include "unit/transport/commands.h"

namespace gateway::transport {
namespace {

using gateway::test::from_hex;
using gateway::test::to_hex;

struct FramedStreamTest : testing::Test {
  TimePoint now = test::start_time;
  Options options;
  BufferPool pool;
  Stats stats;
  FramedStream server{options, pool, stats, Role::server, now};
  FramedStream client{options, pool, stats, Role::client, now};

  void receive(FramedStream& stream, std::string_view hex) { stream.receive(now, from_hex(hex)); }
  std::vector<std::string> take_all(FramedStream& stream) {
    std::vector<std::string> taken;
    while (const auto payload = stream.next_payload()) taken.push_back(to_hex(payload->bytes));
    return taken;
  }
  std::uint64_t dropped(Drop reason) const { return stats.dropped[static_cast<std::size_t>(reason)].value(); }
  static std::vector<std::uint8_t> framed(std::size_t message_size) {
    std::vector<std::uint8_t> bytes(wire::frame_header_bytes + message_size, 0x55);
    ByteWriter out(bytes);
    wire::write_frame_header(out, message_size, 0, 1);
    return bytes;
  }
};

TEST_F(FramedStreamTest, GivesMessagesAndPingsInTheOrderTheyCame) {
  receive(client, "fb0000000a0001f30100 f00001e240000003e8 fb0000000c0100f302e50000");
  const auto first = client.next_payload();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->form, Form::message);
  EXPECT_EQ(to_hex(first->bytes), "f30100");
  const auto ping = client.next_payload();
  ASSERT_TRUE(ping);
  EXPECT_EQ(ping->form, Form::ping);
  EXPECT_EQ(to_hex(ping->bytes), "f00001e240000003e8");
  const auto last = client.next_payload();
  ASSERT_TRUE(last);
  EXPECT_EQ(last->channel, 1);
  EXPECT_EQ(last->delivery, Delivery::unreliable);
  EXPECT_EQ(to_hex(last->bytes), "f302e50000");
  EXPECT_FALSE(client.next_payload());
}

TEST_F(FramedStreamTest, DeliversAMessageCutAtEveryByte) {
  const auto bytes = from_hex("fb0000000c0100f302e50000");
  for (std::size_t i = 0; i + 1 < bytes.size(); ++i) {
    server.receive(now, Bytes(bytes).subspan(i, 1));
    EXPECT_FALSE(server.next_payload());
    EXPECT_EQ(server.held_bytes(), i + 1);
  }
  server.receive(now, Bytes(bytes).last(1));
  EXPECT_EQ(take_all(server), std::vector<std::string>{"f302e50000"});
}

TEST_F(FramedStreamTest, ReadsPingsOfFiveBytesAsAServerAndOfNineAsAClient) {
  receive(server, "f0000003e8 f0000003e9");
  EXPECT_EQ(take_all(server), (std::vector<std::string>{"f0000003e8", "f0000003e9"}));
  receive(client, "f0000003e8");
  EXPECT_FALSE(client.next_payload());
  receive(client, "000003e8");
  EXPECT_EQ(take_all(client), std::vector<std::string>{"f0000003e8000003e8"});
}

TEST_F(FramedStreamTest, EndsWhenAnythingElseThanAFrameOrAPingBegins) {
  receive(server, "f0000003e8 f30200");
  EXPECT_TRUE(server.next_payload());
  EXPECT_FALSE(server.next_payload());
  EXPECT_EQ(server.phase(), Phase::closed);
  EXPECT_EQ(server.close_reason().cause, Cause::protocol_error);
  EXPECT_EQ(server.close_reason().code, 1);
  EXPECT_EQ(dropped(Drop::malformed), 1u);
  EXPECT_EQ(pool.lent_bytes(), 0u);
}

TEST_F(FramedStreamTest, EndsForAFrameOverTheLimitBeforeItCame) {
  receive(server, "fb 0007d017");  // 512016 and the header
  EXPECT_FALSE(server.next_payload());
  EXPECT_EQ(server.phase(), Phase::open);
  receive(client, "fb 0007d018");
  EXPECT_FALSE(client.next_payload());
  EXPECT_EQ(client.phase(), Phase::closed);
  EXPECT_EQ(client.close_reason().cause, Cause::overflow);
}

TEST_F(FramedStreamTest, EndsForAFrameTooShortToBeOne) {
  receive(server, "fb 00000008 0001 f3");
  EXPECT_FALSE(server.next_payload());
  EXPECT_EQ(server.phase(), Phase::closed);
  EXPECT_EQ(server.close_reason().cause, Cause::protocol_error);
}

TEST_F(FramedStreamTest, TakesTheLargestMessageInPiecesOfAnySize) {
  const auto frame = framed(options.message_max);
  for (const std::size_t piece : {1448u, 16384u, 65536u, 600000u}) {
    for (std::size_t at = 0; at < frame.size(); at += piece) {
      EXPECT_FALSE(server.next_payload());
      server.receive(now, Bytes(frame).subspan(at, std::min(piece, frame.size() - at)));
    }
    const auto payload = server.next_payload();
    ASSERT_TRUE(payload) << piece;
    EXPECT_TRUE(std::ranges::equal(payload->bytes, Bytes(frame).subspan(wire::frame_header_bytes))) << piece;
  }
}

// Otherwise some bytes of many connections would take the memory of long messages that never come.
TEST_F(FramedStreamTest, TakesNoMemoryForALengthThatIsOnlyAnnounced) {
  auto frame = framed(options.message_max);
  frame.resize(1000);
  for (const std::uint8_t& byte : frame) {
    server.receive(now, Bytes(&byte, 1));
    EXPECT_FALSE(server.next_payload());
  }
  EXPECT_EQ(server.held_bytes(), 1000u);
  EXPECT_LE(pool.lent_bytes(), 2048u);
}

TEST_F(FramedStreamTest, HoldsNoMemoryWhenIdle) {
  for (int i = 0; i < 3; ++i) {
    server.receive(now, framed(5000));
    receive(server, "f0000003e8");
    EXPECT_EQ(take_all(server).size(), 2u);
    EXPECT_EQ(server.held_bytes(), 0u);
    const auto frame = framed(300);
    server.send(now, {frame});
    std::array<std::uint8_t, 4096> out{};
    EXPECT_GT(server.next_output(now, out), 0u);
    EXPECT_EQ(pool.lent_bytes(), 0u);
  }
}

TEST_F(FramedStreamTest, EndsWhenMoreIsGivenThanItMayHold) {
  const auto frame = framed(options.message_max);
  while (server.phase() == Phase::open) {
    server.receive(now, frame);
    EXPECT_LE(server.held_bytes(), options.buffered + options.message_max);
  }
  EXPECT_EQ(server.close_reason().cause, Cause::overflow);
  EXPECT_EQ(dropped(Drop::held), 1u);
  EXPECT_EQ(pool.lent_bytes(), 0u);
}

TEST_F(FramedStreamTest, WritesMessagesInFramesAndPingsAsTheyAre) {
  const auto message = from_hex("f302e50000");
  const auto ping = from_hex("f00001e240000003e8");
  server.send(now, {message, 1, Delivery::unreliable});
  server.send(now, {ping, 0, Delivery::reliable, Form::ping});
  server.send(now, {message, 3, Delivery::reliable_unsequenced});
  EXPECT_EQ(server.queued_bytes(), 12u + 9u + 12u);
  std::array<std::uint8_t, 100> out{};
  const std::size_t size = server.next_output(now, out);
  EXPECT_EQ(to_hex(Bytes(out).first(size)),
            "fb0000000c0100f302e50000"
            "f00001e240000003e8"
            "fb0000000c0303f302e50000");
  EXPECT_EQ(server.queued_bytes(), 0u);
  EXPECT_EQ(server.next_output(now, out), 0u);
}

TEST_F(FramedStreamTest, KeepsADeliveryNobodyKnows) {
  receive(server, "fb0000000c0509f302e50000");
  const auto payload = server.next_payload();
  ASSERT_TRUE(payload);
  client.send(now, *payload);
  std::array<std::uint8_t, 100> out{};
  const std::size_t size = client.next_output(now, out);
  EXPECT_EQ(to_hex(Bytes(out).first(size)), "fb0000000c0509f302e50000");
}

TEST_F(FramedStreamTest, WritesOutputOfAnySize) {
  for (std::size_t room = 1; room < 40; ++room) {
    std::string whole;
    for (const std::size_t size : {2u, 5u, 33u}) {
      const auto frame = framed(size);
      server.send(now, {Bytes(frame).subspan(wire::frame_header_bytes)});
      whole += to_hex(frame);
    }
    std::string written;
    std::vector<std::uint8_t> out(room);
    std::size_t left = server.queued_bytes();
    while (const std::size_t size = server.next_output(now, out)) {
      written += to_hex(Bytes(out).first(size));
      EXPECT_EQ(size, std::min(room, left));  // never less than there is room for
      left -= size;
      EXPECT_EQ(server.queued_bytes(), left);
    }
    EXPECT_EQ(written, whole) << room;
  }
  EXPECT_EQ(pool.lent_bytes(), 0u);
}

TEST_F(FramedStreamTest, EndsWithThePeersEndInTheMiddleOfAFrame) {
  receive(server, "f0000003e8 fb0000000c0100f3");
  server.end_of_input({Cause::peer});
  EXPECT_EQ(server.phase(), Phase::open);  // the ping is still to be taken
  EXPECT_EQ(take_all(server), std::vector<std::string>{"f0000003e8"});
  EXPECT_EQ(server.phase(), Phase::closed);
  EXPECT_EQ(server.close_reason().cause, Cause::peer);
  EXPECT_EQ(pool.lent_bytes(), 0u);
}

TEST_F(FramedStreamTest, TellsABrokenStreamFromAnEnd) {
  receive(server, "aa");
  server.end_of_input({Cause::peer});
  EXPECT_FALSE(server.next_payload());
  EXPECT_EQ(server.close_reason().cause, Cause::protocol_error);
}

TEST_F(FramedStreamTest, ReadsWhatItWrites) {
  for (const auto& vector : gateway::test::load_vector_list("tcp.json")) {
    SCOPED_TRACE(vector.what);
    const bool to_client = vector.what.starts_with("pong") || vector.what.starts_with("coalesced");
    FramedStream& reader = to_client ? client : server;
    FramedStream& writer = to_client ? server : client;
    reader.receive(now, vector.bytes);
    while (const auto payload = reader.next_payload()) writer.send(now, *payload);
    std::vector<std::uint8_t> out(vector.bytes.size() + 1);
    out.resize(writer.next_output(now, out));
    EXPECT_EQ(to_hex(out), to_hex(vector.bytes));
  }
}

}  // namespace
}  // namespace gateway::transport
