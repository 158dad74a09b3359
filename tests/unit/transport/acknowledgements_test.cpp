#include "transport/acknowledgements.h"

#include <gtest/gtest.h>

#include "unit/transport/commands.h"

namespace gateway::transport {
namespace {

using Urgency = Acknowledgements::Urgency;

struct AcknowledgementsTest : testing::Test {
  Options options;
  Acknowledgements acks{options};
  TimePoint now = test::start_time;

  void add(std::uint32_t number, std::uint32_t sent_time, Urgency urgency = Urgency::may_wait,
           bool unsequenced = false) {
    acks.add(now, {number, sent_time, 3, unsequenced}, 100, urgency);
  }
};

TEST_F(AcknowledgementsTest, OwesNothingAtFirst) {
  EXPECT_TRUE(acks.empty());
  EXPECT_EQ(acks.due(), never);
}

TEST_F(AcknowledgementsTest, WaitsForTheDelayOfTheFirst) {
  add(1, 10);
  now += milliseconds(3);
  add(2, 13);
  EXPECT_EQ(acks.due(), test::start_time + options.ack_delay);
}

TEST_F(AcknowledgementsTest, DoesNotWaitWhenAskedNotTo) {
  add(1, 10);
  now += milliseconds(1);
  add(2, 13, Urgency::at_once);
  EXPECT_EQ(acks.due(), now);
}

TEST_F(AcknowledgementsTest, DoesNotWaitWithManyCommands) {
  for (std::uint32_t i = 1; i < options.ack_commands; ++i) add(i, 10);
  EXPECT_GT(acks.due(), now);
  add(options.ack_commands, 10);
  EXPECT_EQ(acks.due(), now);
}

TEST_F(AcknowledgementsTest, DoesNotWaitWithManyBytes) {
  acks.add(now, {1, 1, 0, false}, options.ack_bytes, Urgency::may_wait);
  EXPECT_EQ(acks.due(), now);
}

TEST_F(AcknowledgementsTest, NamesTheCommandAndEchoesItsTime) {
  add(7, 1234);
  add(8, 1235, Urgency::may_wait, true);
  EXPECT_EQ(acks.front().type, wire::CommandType::ack);
  EXPECT_EQ(acks.front().channel, 3);
  EXPECT_EQ(acks.front().flags, wire::Flags::unreliable);
  EXPECT_EQ(acks.front().ack.reliable_seq, 7U);
  EXPECT_EQ(acks.front().ack.sent_time, 1234U);
  acks.pop();
  EXPECT_EQ(acks.front().type, wire::CommandType::ack_unsequenced);
  acks.pop();
  EXPECT_TRUE(acks.empty());
  EXPECT_EQ(acks.due(), never);
}

TEST_F(AcknowledgementsTest, AnswersTheNewestCopyOfARepeatedCommandOnly) {
  add(7, 100);
  add(7, 150, Urgency::at_once);
  EXPECT_EQ(acks.front().ack.sent_time, 150U);
  acks.pop();
  EXPECT_TRUE(acks.empty());
}

TEST_F(AcknowledgementsTest, KeepsTheTwoCountersApart) {
  add(7, 100);
  add(7, 150, Urgency::at_once, true);
  acks.pop();
  EXPECT_FALSE(acks.empty());
}

TEST_F(AcknowledgementsTest, IsBounded) {
  for (std::uint32_t i = 1; i <= Acknowledgements::owed_max + 500; ++i) add(i, 10);
  std::size_t count = 0;
  for (; !acks.empty(); acks.pop()) ++count;
  EXPECT_EQ(count, Acknowledgements::owed_max);
}

}  // namespace
}  // namespace gateway::transport
