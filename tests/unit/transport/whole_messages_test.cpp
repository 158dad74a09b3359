#include "transport/whole_messages.h"

#include <array>
#include <string>

#include <gtest/gtest.h>

#include "support/vectors.h"
#include "unit/transport/commands.h"

namespace gateway::transport {
namespace {

struct WholeMessagesTest : testing::Test {
  TimePoint now = test::start_time;
  Options options;
  BufferPool pool;
  Stats stats;
  WholeMessages server{options, pool, stats, Role::server, now};
  WholeMessages client{options, pool, stats, Role::client, now};

  void receive(std::string_view text) { server.receive(now, test::as_bytes(text)); }
  std::uint64_t dropped(Drop reason) const { return stats.dropped[static_cast<std::size_t>(reason)].value(); }
};

TEST_F(WholeMessagesTest, GivesMessagesWholeAndInOrder) {
  receive("first");
  receive("second");
  EXPECT_EQ(server.held_bytes(), 11u);
  EXPECT_EQ(test::as_text(server.next_payload().value().bytes), "first");
  EXPECT_EQ(server.held_bytes(), 6u);
  const auto second = server.next_payload();
  ASSERT_TRUE(second);
  EXPECT_EQ(test::as_text(second->bytes), "second");
  EXPECT_EQ(second->form, Form::message);
  EXPECT_EQ(second->delivery, Delivery::reliable);
  EXPECT_EQ(second->channel, 0);
  EXPECT_FALSE(server.next_payload());
  EXPECT_EQ(pool.lent_bytes(), 0u);
}

TEST_F(WholeMessagesTest, DropsAnEmptyMessage) {
  receive("");
  server.receive_text(now, {});
  EXPECT_FALSE(server.next_payload());
  EXPECT_EQ(dropped(Drop::malformed), 2u);
  EXPECT_EQ(server.phase(), Phase::open);
  EXPECT_EQ(server.send(now, {}), SendStatus::dropped);
  EXPECT_FALSE(server.take_message(now));
}

TEST_F(WholeMessagesTest, PassTheUnitsOfTheJsonModeUntouchedAsText) {
  const boost::json::value vectors = gateway::test::load_vectors("ws_json.json");
  for (const auto& vector : vectors.as_array()) {
    const std::string text(vector.at("text").as_string());
    server.receive_text(now, test::as_bytes(text));
    const auto payload = server.next_payload();
    ASSERT_TRUE(payload);
    EXPECT_EQ(payload->form, Form::text);
    ASSERT_EQ(client.send(now, *payload), SendStatus::queued);
    const auto message = client.take_message(now);
    ASSERT_TRUE(message);
    EXPECT_TRUE(message->text);
    EXPECT_EQ(test::as_text(message->bytes.bytes()), text);
  }
}

// The first message of a client with a token carries TCP's frame header; nothing here cares.
TEST_F(WholeMessagesTest, PassAnInitWithAFrameHeaderUntouched) {
  for (const auto& vector : gateway::test::load_vector_list("tcp.json")) {
    server.receive(now, vector.bytes);
    client.send(now, server.next_payload().value());
    const auto message = client.take_message(now);
    ASSERT_TRUE(message);
    EXPECT_FALSE(message->text);
    EXPECT_EQ(gateway::test::to_hex(message->bytes.bytes()), gateway::test::to_hex(vector.bytes));
  }
}

TEST_F(WholeMessagesTest, TakesTheLargestMessageAndEndsForALargerOne) {
  const std::string largest = test::pattern(options.message_max);
  receive(largest);
  EXPECT_EQ(server.next_payload().value().bytes.size(), largest.size());
  receive(largest + "x");
  EXPECT_FALSE(server.next_payload());
  EXPECT_EQ(server.phase(), Phase::closed);
  EXPECT_EQ(server.close_reason().cause, Cause::overflow);
  EXPECT_EQ(dropped(Drop::held), 1u);
}

TEST_F(WholeMessagesTest, EndsWhenMoreIsGivenThanItMayHold) {
  options.buffered = 1000;
  receive(test::pattern(800));
  EXPECT_EQ(server.phase(), Phase::open);
  receive(test::pattern(201));
  EXPECT_EQ(server.phase(), Phase::closed);
  EXPECT_EQ(server.close_reason().cause, Cause::overflow);
  EXPECT_EQ(pool.lent_bytes(), 0u);
}

TEST_F(WholeMessagesTest, BoundsTheMemoryOfManySmallIncomingMessages) {
  std::size_t lent = 0;
  for (int i = 0; i < 1'000'000 && server.phase() == Phase::open; ++i) {
    receive("x");
    lent = std::max(lent, pool.lent_bytes());
  }
  EXPECT_LE(lent, options.buffered);
  EXPECT_EQ(server.close_reason().cause, Cause::overflow);
}

TEST_F(WholeMessagesTest, GivesOutputMessageByMessage) {
  server.send(now, {test::as_bytes("first")});
  server.send(now, {test::as_bytes("second")});
  EXPECT_EQ(server.queued_bytes(), 11u);
  std::vector<std::uint8_t> out(options.message_max);
  EXPECT_EQ(test::as_text(Bytes(out).first(server.next_output(now, out))), "first");
  EXPECT_EQ(server.queued_bytes(), 6u);
  EXPECT_EQ(test::as_text(Bytes(out).first(server.next_output(now, out))), "second");
  EXPECT_EQ(server.next_output(now, out), 0u);
  EXPECT_EQ(pool.lent_bytes(), 0u);
}

TEST_F(WholeMessagesTest, LendsATakenMessageItsMemory) {
  server.send(now, {test::as_bytes("taken")});
  {
    const auto message = server.take_message(now);
    server.close(now, {Cause::local}, Linger::now);
    EXPECT_EQ(test::as_text(message->bytes.bytes()), "taken");
  }
  EXPECT_EQ(pool.lent_bytes(), 0u);
}

}  // namespace
}  // namespace gateway::transport
