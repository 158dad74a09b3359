#include "net/due_timers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gateway::net {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const TimePoint start{hours(100)};

class DueTimersTest : public testing::Test {
 protected:
  void make_due(std::size_t count) {
    for (std::size_t key = 0; key < count; ++key) {
      wheel.set(static_cast<TimerWheel::Key>(key), start + milliseconds(1));
    }
  }

  TimerWheel wheel{start};
  DueTimers timers{start};
};

TEST_F(DueTimersTest, FireAtOnceWhenNothingWaitsToBeRead) {
  wheel.set(7, start + milliseconds(1));
  EXPECT_THAT(timers.take(start, false, wheel), IsEmpty());
  EXPECT_THAT(timers.take(start + milliseconds(1), false, wheel), ElementsAre(7));
  EXPECT_THAT(timers.take(start + milliseconds(1), false, wheel), IsEmpty());
  EXPECT_FALSE(timers.left());
}

TEST_F(DueTimersTest, WaitWhileInputDoesButNotForEver) {
  wheel.set(7, start + milliseconds(1));
  EXPECT_THAT(timers.take(start + milliseconds(9), true, wheel), IsEmpty());
  EXPECT_THAT(timers.take(start + milliseconds(10), true, wheel), ElementsAre(7));
  wheel.set(7, start + milliseconds(11));
  EXPECT_THAT(timers.take(start + milliseconds(19), true, wheel), IsEmpty());
  EXPECT_THAT(timers.take(start + milliseconds(19), false, wheel), ElementsAre(7));
}

TEST_F(DueTimersTest, FireAFewHundredATurnSoThatInputComesBetween) {
  make_due(1000);
  const TimePoint now = start + milliseconds(1);
  std::size_t fired = 0;
  for (const std::size_t expected : {256U, 256U, 256U, 232U, 0U}) {
    const auto keys = timers.take(now, false, wheel);
    EXPECT_THAT(keys, SizeIs(expected));
    fired += keys.size();
    EXPECT_EQ(timers.left(), fired < 1000);
  }
}

TEST_F(DueTimersTest, FireWhatWasLeftBeforeWhatBecameDueSince) {
  make_due(300);
  const auto first = timers.take(start + milliseconds(1), false, wheel);
  EXPECT_THAT(first, testing::Each(testing::Lt(300U)));
  wheel.set(900, start + milliseconds(2));
  EXPECT_THAT(timers.take(start + milliseconds(2), false, wheel), SizeIs(44));
  EXPECT_THAT(timers.take(start + milliseconds(2), false, wheel), ElementsAre(900));
}

// A flood keeps the shard behind while each of its sessions has a message every 10 ms, whose ack is due
// after 5.
TEST_F(DueTimersTest, HoldEachKeyOnceHoweverLongTheShardIsBehind) {
  TimePoint now = start;
  for (TimerWheel::Key turn = 0; turn < 1000; ++turn, now += milliseconds(1)) {
    for (TimerWheel::Key key = turn % 10; key < 1000; key += 10) wheel.set(key, now + milliseconds(5));
    timers.take(now, true, wheel);
  }
  ASSERT_TRUE(timers.left());
  std::size_t left = 0;
  while (timers.left()) left += timers.take(now, false, wheel).size();
  EXPECT_LE(left, 1000U);
}

}  // namespace
}  // namespace gateway::net
