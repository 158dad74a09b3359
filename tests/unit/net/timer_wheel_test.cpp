#include "net/timer_wheel.h"

#include <algorithm>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gateway::net {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using Keys = std::vector<TimerWheel::Key>;

const TimePoint start{hours(100)};

Keys fired(TimerWheel& wheel, TimePoint now) {
  Keys due;
  wheel.advance(now, due);
  return due;
}

TEST(TimerWheel, FiresADeadlineOnceAndNotBeforeItsTime) {
  TimerWheel wheel(start);
  wheel.set(3, start + milliseconds(20));

  EXPECT_THAT(fired(wheel, start + milliseconds(19)), IsEmpty());
  EXPECT_THAT(fired(wheel, start + milliseconds(20)), ElementsAre(3));
  EXPECT_THAT(fired(wheel, start + milliseconds(100)), IsEmpty());
}

TEST(TimerWheel, FiresADeadlineBetweenTwoSlotsAtTheLater) {
  TimerWheel wheel(start);
  wheel.set(0, start + microseconds(20'300));

  EXPECT_THAT(fired(wheel, start + milliseconds(20)), IsEmpty());
  EXPECT_EQ(wheel.next(), start + milliseconds(21));
  EXPECT_THAT(fired(wheel, start + milliseconds(21)), ElementsAre(0));
}

TEST(TimerWheel, FollowsADeadlineThatMovesLater) {
  TimerWheel wheel(start);
  wheel.set(1, start + milliseconds(5));
  wheel.set(1, start + milliseconds(50));

  EXPECT_THAT(fired(wheel, start + milliseconds(49)), IsEmpty());
  EXPECT_THAT(fired(wheel, start + milliseconds(50)), ElementsAre(1));
}

TEST(TimerWheel, FollowsADeadlineThatMovesEarlier) {
  TimerWheel wheel(start);
  wheel.set(1, start + milliseconds(50));
  wheel.set(1, start + milliseconds(5));

  EXPECT_EQ(wheel.next(), start + milliseconds(5));
  EXPECT_THAT(fired(wheel, start + milliseconds(5)), ElementsAre(1));
  EXPECT_THAT(fired(wheel, start + milliseconds(60)), IsEmpty());
}

TEST(TimerWheel, FiresSeveralKeysOfOneSlot) {
  TimerWheel wheel(start);
  for (const TimerWheel::Key key : {0U, 1U, 2U}) wheel.set(key, start + milliseconds(7));
  wheel.remove(1);

  EXPECT_THAT(fired(wheel, start + milliseconds(7)), UnorderedElementsAre(0, 2));
}

TEST(TimerWheel, KeepsDeadlinesBeyondItsRound) {
  TimerWheel wheel(start);
  const TimePoint far = start + seconds(30);
  wheel.set(9, far);

  for (TimePoint now = start; now < far; now += milliseconds(500)) EXPECT_THAT(fired(wheel, now), IsEmpty());
  EXPECT_THAT(fired(wheel, far), ElementsAre(9));
}

TEST(TimerWheel, FiresEverythingAfterALongPause) {
  TimerWheel wheel(start);
  wheel.set(0, start + milliseconds(3));
  wheel.set(1, start + seconds(20));
  wheel.set(2, start + hours(1) + milliseconds(1));

  EXPECT_THAT(fired(wheel, start + hours(1)), UnorderedElementsAre(0, 1));
  EXPECT_THAT(fired(wheel, start + hours(1) + milliseconds(1)), ElementsAre(2));
}

TEST(TimerWheel, FiresADeadlineInThePastAtTheNextSlot) {
  TimerWheel wheel(start);
  EXPECT_THAT(fired(wheel, start + seconds(1)), IsEmpty());
  wheel.set(4, start);

  EXPECT_THAT(fired(wheel, start + seconds(1)), IsEmpty());
  EXPECT_THAT(fired(wheel, start + seconds(1) + milliseconds(1)), ElementsAre(4));
}

TEST(TimerWheel, WantsNothingWhenEveryDeadlineIsNever) {
  TimerWheel wheel(start);
  wheel.set(0, start + milliseconds(10));
  wheel.set(0, never);

  EXPECT_THAT(fired(wheel, start + milliseconds(10)), IsEmpty());
  EXPECT_EQ(wheel.next(), never);
}

TEST(TimerWheel, AgreesWithAPlainListOverManyRandomSteps) {
  std::mt19937 random(7);
  TimerWheel wheel(start);
  std::vector<TimePoint> deadlines(50, never);
  TimePoint now = start;
  for (int step = 0; step < 20'000; ++step) {
    const auto key = static_cast<TimerWheel::Key>(random() % deadlines.size());
    if (random() % 10 == 0) {
      wheel.remove(key);
      deadlines[key] = never;
    } else {
      const int range = random() % 4 == 0 ? 10'000'000 : 20'000;
      deadlines[key] = now + microseconds(1 + static_cast<int>(random()) % range);
      deadlines[key] = std::max(deadlines[key], now + microseconds(1));
      wheel.set(key, deadlines[key]);
    }
    EXPECT_LE(wheel.next(), *std::min_element(deadlines.begin(), deadlines.end()) + TimerWheel::slot);
    now += microseconds(random() % 1'500);
    for (const TimerWheel::Key due : fired(wheel, now)) {
      EXPECT_LE(deadlines[due], now);
      deadlines[due] = never;
    }
    for (const TimePoint deadline : deadlines) EXPECT_GT(deadline, now - TimerWheel::slot) << "step " << step;
  }
}

}  // namespace
}  // namespace gateway::net
