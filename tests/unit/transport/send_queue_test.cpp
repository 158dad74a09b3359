#include "transport/send_queue.h"

#include <gtest/gtest.h>

#include "unit/transport/commands.h"

namespace gateway::transport {
namespace {

using test::CommandType;

struct SendQueueTest : testing::Test {
  Options options;
  BufferPool pool;
  Stats stats;
  SendQueue queue{options, pool, stats, 1200};
  TimePoint now = test::start_time;

  SendStatus push(std::string_view text, Delivery delivery = Delivery::reliable, std::uint8_t channel = 0) {
    return queue.push(now, {test::as_bytes(text), channel, delivery});
  }
  test::Command take(std::uint8_t channel = 0) {
    const test::Command command = queue.front(channel).value().command;
    queue.sent(channel);
    return command;
  }
  std::uint64_t dropped() const {
    return stats.dropped[static_cast<std::size_t>(Drop::unreliable_budget)].value();
  }
};

TEST_F(SendQueueTest, NumbersEachCounterOfAChannelFromOne) {
  push("a");
  push("b");
  push("c", Delivery::reliable, 1);
  push("d", Delivery::reliable_unsequenced);
  EXPECT_EQ(take().reliable_seq, 1U);
  EXPECT_EQ(take().reliable_seq, 2U);
  EXPECT_EQ(take(1).reliable_seq, 1U);
  const test::Command last = take();
  EXPECT_EQ(last.type, CommandType::send_reliable_unsequenced);
  EXPECT_EQ(last.flags, test::Flags::reliable_unsequenced);
  EXPECT_EQ(last.reliable_seq, 1U);
  EXPECT_EQ(queue.last_reliable(0), 2U);
}

TEST_F(SendQueueTest, StampsUnreliableMessagesWithTheLastReliableNumberBeforeThem) {
  push("u1", Delivery::unreliable);
  push("r1");
  push("u2", Delivery::unreliable);
  push("r2");
  EXPECT_EQ(take().reliable_seq, 0U);
  take();
  const test::Command second = take();
  EXPECT_EQ(second.reliable_seq, 1U);
  EXPECT_EQ(second.unreliable_seq, 2U);
  EXPECT_EQ(second.flags, test::Flags::unreliable);
}

TEST_F(SendQueueTest, CountsUnsequencedGroupsPerConnection) {
  push("a", Delivery::unsequenced, 0);
  push("b", Delivery::unsequenced, 1);
  EXPECT_EQ(take(0).unreliable_seq, 1U);
  const test::Command second = take(1);
  EXPECT_EQ(second.type, CommandType::send_unsequenced);
  EXPECT_EQ(second.unreliable_seq, 2U);
  EXPECT_EQ(second.reliable_seq, 0U);
}

TEST_F(SendQueueTest, SendsWhatFitsADatagramInOneCommand) {
  const std::string longest = test::pattern(1200 - 12 - 4 - 12);
  push(longest);
  EXPECT_EQ(take().type, CommandType::send_reliable);
  const std::string longest_unreliable = test::pattern(1200 - 12 - 4 - 16);
  push(longest_unreliable, Delivery::unreliable);
  EXPECT_EQ(take().type, CommandType::send_unreliable);
}

TEST_F(SendQueueTest, CutsWhatDoesNotFitIntoFragmentsOfOneSize) {
  const std::string text = test::pattern(1152 * 2 + 5);
  push("first");
  push(text);
  push("last");
  take();
  std::string joined;
  for (std::uint32_t i = 0; i < 3; ++i) {
    const test::Command command = take();
    EXPECT_EQ(command.type, CommandType::send_fragment);
    EXPECT_EQ(command.reliable_seq, 2 + i);
    EXPECT_EQ(command.fragment.start_seq, 2U);
    EXPECT_EQ(command.fragment.count, 3U);
    EXPECT_EQ(command.fragment.number, i);
    EXPECT_EQ(command.fragment.total_length, text.size());
    EXPECT_EQ(command.fragment.offset, joined.size());
    joined += test::as_text(command.payload);
  }
  EXPECT_EQ(joined, text);
  EXPECT_EQ(take().reliable_seq, 5U);
}

TEST_F(SendQueueTest, CutsUnreliableMessagesIntoReliableFragments) {
  const std::string text = test::pattern(1180);
  push(text, Delivery::unreliable);
  push(text, Delivery::unsequenced);
  EXPECT_EQ(take().type, CommandType::send_fragment);
  take();
  const test::Command command = take();
  EXPECT_EQ(command.type, CommandType::send_fragment_unsequenced);
  EXPECT_EQ(command.flags, test::Flags::reliable_unsequenced);
}

TEST_F(SendQueueTest, KeepsReliableMessagesUntilAcknowledged) {
  push("hello");
  const auto unsent = queue.front(0).value();
  take();
  EXPECT_EQ(queue.bytes(), 12U + 5U);
  EXPECT_EQ(test::as_text(queue.again(0, unsent.message, 1).payload), "hello");
  queue.acknowledged(0, unsent.message, 17);
  EXPECT_EQ(queue.bytes(), 0U);
  EXPECT_EQ(pool.lent_bytes(), 0U);
}

TEST_F(SendQueueTest, FreesAMessageThoughAnOlderOneIsStillUnacknowledged) {
  push("first");
  push("second");
  take();
  const std::uint32_t second = queue.front(0)->message;
  take();
  const std::size_t lent = pool.lent_bytes();
  queue.acknowledged(0, second, 18);
  EXPECT_LT(pool.lent_bytes(), lent);
  queue.acknowledged(0, second - 1, 17);
  EXPECT_EQ(queue.bytes(), 0U);
}

TEST_F(SendQueueTest, ForgetsUnreliableMessagesWhenTheyLeave) {
  push("u", Delivery::unreliable);
  EXPECT_EQ(queue.bytes(), 17U);
  take();
  EXPECT_EQ(queue.bytes(), 0U);
  EXPECT_EQ(pool.lent_bytes(), 0U);
}

TEST_F(SendQueueTest, OverflowsAboveItsBytesAndAboveTheLongestMessage) {
  options.buffered = 1000;
  options.message_max = 600;
  EXPECT_EQ(push(std::string(601, 'x')), SendStatus::overflow);
  EXPECT_EQ(push(std::string(600, 'x')), SendStatus::queued);
  EXPECT_EQ(push(std::string(400, 'x')), SendStatus::overflow);
  EXPECT_EQ(push(std::string(376, 'x')), SendStatus::queued);
}

TEST_F(SendQueueTest, DropsTheOldestUnreliableMessagesOverTheirBudget) {
  options.unreliable_buffered = 3 * (16 + 100);
  push("r");
  push(test::pattern(100, 1), Delivery::unreliable, 0);
  now += milliseconds(1);
  push(test::pattern(100, 2), Delivery::unreliable, 1);
  now += milliseconds(1);
  push(test::pattern(100, 3), Delivery::unreliable, 0);
  now += milliseconds(1);
  EXPECT_EQ(push(test::pattern(100, 4), Delivery::unreliable, 0), SendStatus::queued);
  EXPECT_EQ(push(test::pattern(100, 5), Delivery::unreliable, 0), SendStatus::queued);
  EXPECT_EQ(dropped(), 2U);
  EXPECT_FALSE(queue.front(1)) << "the second oldest was on channel 1";
  take();
  EXPECT_EQ(test::as_text(take().payload), test::pattern(100, 3));
  EXPECT_EQ(test::as_text(take().payload), test::pattern(100, 4));
  EXPECT_EQ(test::as_text(take().payload), test::pattern(100, 5));
  EXPECT_FALSE(queue.front(0));
}

TEST_F(SendQueueTest, DropsUnreliableMessagesBehindAnOldBacklog) {
  push("r");
  now += options.unreliable_backlog;
  EXPECT_EQ(push("u", Delivery::unreliable), SendStatus::queued);
  now += milliseconds(1);
  EXPECT_EQ(push("u", Delivery::unreliable), SendStatus::dropped);
  EXPECT_EQ(push("u", Delivery::unreliable, 1), SendStatus::queued) << "another channel has no backlog";
  EXPECT_EQ(dropped(), 1U);
}

TEST_F(SendQueueTest, VisitsTheChannelsWithSomethingUnsentInOrder) {
  push("b", Delivery::reliable, 9);
  push("a", Delivery::reliable, 2);
  push("c", Delivery::reliable, 4);
  take(4);
  std::vector<int> visited;
  queue.for_each_unsent([&](std::uint8_t channel) {
    visited.push_back(channel);
    return true;
  });
  EXPECT_EQ(visited, (std::vector<int>{2, 9}));
}

TEST_F(SendQueueTest, DropsEverythingWhenCleared) {
  push(test::pattern(3000));
  push("u", Delivery::unreliable, 1);
  take();
  queue.clear();
  EXPECT_EQ(queue.bytes(), 0U);
  EXPECT_EQ(pool.lent_bytes(), 0U);
  EXPECT_FALSE(queue.front(0));
  EXPECT_FALSE(queue.front(1));
}

}  // namespace
}  // namespace gateway::transport
