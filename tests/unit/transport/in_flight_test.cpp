#include "transport/in_flight.h"

#include <gtest/gtest.h>

#include "unit/transport/commands.h"

namespace gateway::transport {
namespace {

struct InFlightTest : testing::Test {
  Options options;
  InFlight in_flight{options};
  TimePoint now = test::start_time;

  void send(std::uint32_t number, std::uint32_t wire_time = 500, std::size_t bytes = 100,
            std::uint8_t channel = 0) {
    in_flight.sent({channel, false, number}, number + 1000, bytes, {now, wire_time}, milliseconds(100));
  }
  auto acknowledge(std::uint32_t number, std::uint32_t echoed = 500) {
    return in_flight.acknowledge({0, false, number}, echoed);
  }
};

TEST_F(InFlightTest, MatchesAnAckByChannelCounterAndNumber) {
  send(1);
  EXPECT_FALSE(in_flight.acknowledge({1, false, 1}, 500));
  EXPECT_FALSE(in_flight.acknowledge({0, true, 1}, 500));
  EXPECT_FALSE(in_flight.acknowledge({0, false, 2}, 500));
  const auto acked = in_flight.acknowledge({0, false, 1}, 500);
  ASSERT_TRUE(acked);
  EXPECT_EQ(acked->reference, 1001U);
  EXPECT_EQ(acked->bytes, 100U);
  EXPECT_FALSE(acknowledge(1)) << "a second ack of the same command acknowledges nothing";
}

TEST_F(InFlightTest, TellsWhichCopyAnAckAnswers) {
  send(1, 500);
  now += milliseconds(100);
  ASSERT_TRUE(in_flight.advance(now));
  ASSERT_TRUE(in_flight.overdue());
  in_flight.resent({now, 600});
  EXPECT_EQ(*acknowledge(1, 600)->sent, now);
}

TEST_F(InFlightTest, TakesNoSampleFromATimeItNeverSent) {
  send(1, 500);
  const auto acked = acknowledge(1, 499);
  ASSERT_TRUE(acked) << "it is acknowledged all the same";
  EXPECT_FALSE(acked->sent);
}

TEST_F(InFlightTest, RemembersTheNewestThreeCopies) {
  send(1, 500);
  for (std::uint32_t copy = 1; copy <= 3; ++copy) {
    now += seconds(1);
    in_flight.advance(now);
    ASSERT_TRUE(in_flight.overdue());
    in_flight.resent({now, 500 + copy});
  }
  InFlight::Acknowledged acked = *acknowledge(1, 501);
  EXPECT_EQ(acked.sent, test::start_time + seconds(1));
}

TEST_F(InFlightTest, DoublesTheWaitOfACommandUpToItsLimit) {
  send(1);
  std::vector<int> waits;
  for (int i = 0; i < 7; ++i) {
    const TimePoint before = now;
    now = in_flight.deadline();
    ASSERT_TRUE(in_flight.advance(now));
    ASSERT_TRUE(in_flight.overdue());
    in_flight.resent({now, 0});
    waits.push_back(static_cast<int>((now - before) / milliseconds(1)));
  }
  EXPECT_EQ(waits, (std::vector<int>{100, 200, 400, 800, 1600, 2000, 2000}));
}

TEST_F(InFlightTest, SaysWhenACommandHasWaitedForTheDeadline) {
  send(1);
  EXPECT_TRUE(in_flight.advance(now + options.resend_deadline - milliseconds(1)));
  EXPECT_FALSE(in_flight.advance(now + options.resend_deadline + InFlight::scan_interval));
}

TEST_F(InFlightTest, SendsALimitedCommandOnlySoOftenAndNeverTimesItOut) {
  in_flight.sent({255, false, 1}, 4, 12, {now, 0}, milliseconds(100), 2);
  in_flight.advance(now + milliseconds(100));
  ASSERT_TRUE(in_flight.overdue());
  in_flight.resent({now + milliseconds(100), 0});
  EXPECT_TRUE(in_flight.advance(now + seconds(100)));
  EXPECT_FALSE(in_flight.overdue());
}

TEST_F(InFlightTest, ForgetsAnOverdueCommandThatWasAcknowledgedMeanwhile) {
  send(1);
  send(2);
  in_flight.advance(now + milliseconds(100));
  acknowledge(1);
  ASSERT_TRUE(in_flight.overdue());
  EXPECT_EQ(in_flight.overdue()->key.number, 2U);
}

TEST_F(InFlightTest, KnowsUpToWhereEverythingIsAcknowledged) {
  EXPECT_TRUE(in_flight.acknowledged({0, false, 0}));
  EXPECT_FALSE(in_flight.acknowledged({0, false, 1}));
  for (std::uint32_t number = 1; number <= 3; ++number) send(number);
  acknowledge(2);
  EXPECT_FALSE(in_flight.acknowledged({0, false, 2}));
  acknowledge(1);
  EXPECT_TRUE(in_flight.acknowledged({0, false, 2}));
  EXPECT_FALSE(in_flight.acknowledged({0, false, 3}));
}

TEST_F(InFlightTest, LetsSoManyBytesBeUnderWay) {
  options.in_transit_max = 250;
  const test::Command third = test::reliable(3, "");
  send(1);
  send(2);
  EXPECT_TRUE(in_flight.allows(third, 50));
  EXPECT_FALSE(in_flight.allows(third, 51));
  acknowledge(2);
  EXPECT_TRUE(in_flight.allows(third, 100));
}

TEST_F(InFlightTest, AlwaysLetsOneCommandBeUnderWay) {
  options.in_transit_max = 10;
  EXPECT_TRUE(in_flight.allows(test::reliable(1, ""), 1000));
}

TEST_F(InFlightTest, LetsSoManyNumbersOfAChannelBeUnderWay) {
  options.in_transit_max = 0;
  options.window_numbers = 50;
  for (std::uint32_t number = 1; number <= 50; ++number) {
    EXPECT_TRUE(in_flight.allows(test::reliable(number, ""), 100));
    send(number);
  }
  const test::Command next = test::reliable(51, "");
  EXPECT_FALSE(in_flight.allows(next, 100));
  EXPECT_TRUE(in_flight.allows(test::reliable(1, "", 1), 100)) << "another channel has its own window";
  acknowledge(2);
  EXPECT_FALSE(in_flight.allows(next, 100)) << "the window begins at the lowest outstanding number";
  acknowledge(1);
  EXPECT_TRUE(in_flight.allows(next, 100));
}

// Else what is kept would grow until the resends end, and every look at it too.
TEST_F(InFlightTest, TowardClientsWhoeverAcknowledgesAllButOneIsSentNoMoreThan4096Numbers) {
  for (std::uint32_t number = 1; number <= 4096; ++number) {
    EXPECT_TRUE(in_flight.allows(test::reliable(number, ""), 100));
    send(number);
    if (number > 1) acknowledge(number);
  }
  EXPECT_FALSE(in_flight.allows(test::reliable(4097, ""), 100));
  acknowledge(1);
  EXPECT_TRUE(in_flight.allows(test::reliable(4097, ""), 100));
}

TEST_F(InFlightTest, WantsNoTimeWhenNothingIsUnderWay) {
  EXPECT_EQ(in_flight.deadline(), never);
  send(1);
  EXPECT_EQ(in_flight.deadline(), now + milliseconds(100));
  acknowledge(1);
  EXPECT_EQ(in_flight.deadline(), never);
}

TEST_F(InFlightTest, GoesOnNumberingAfterBeingCleared) {
  send(1);
  send(2);
  in_flight.clear();
  EXPECT_TRUE(in_flight.empty());
  EXPECT_EQ(in_flight.bytes(), 0U);
  send(3);
  EXPECT_TRUE(acknowledge(3));
}

}  // namespace
}  // namespace gateway::transport
