#include "net/rate_meter.h"

#include <gtest/gtest.h>

namespace gateway::net {
namespace {

const TimePoint start{hours(100)};

int taken_between(RateMeter& meter, TimePoint from, TimePoint to) {
  int taken = 0;
  for (TimePoint now = from; now < to; now += milliseconds(1)) {
    while (meter.take(now)) ++taken;
  }
  return taken;
}

TEST(RateMeter, GivesTheRateAndOneBurst) {
  RateMeter meter(1000);
  EXPECT_NEAR(taken_between(meter, start, start + seconds(1)), 1100, 2);
  EXPECT_NEAR(taken_between(meter, start + seconds(1), start + seconds(2)), 1000, 2);
}

TEST(RateMeter, SavesNoMoreThanABurstOverAPause) {
  RateMeter meter(1000);
  taken_between(meter, start, start + seconds(1));
  EXPECT_NEAR(taken_between(meter, start + hours(1), start + hours(1) + milliseconds(1)), 100, 2);
}

TEST(RateMeter, GivesOneAtATimeWhenSlow) {
  RateMeter meter(2);
  EXPECT_TRUE(meter.take(start));
  EXPECT_FALSE(meter.take(start));
  EXPECT_EQ(meter.next(), start + milliseconds(500));
  EXPECT_TRUE(meter.take(start + milliseconds(500)));
}

TEST(RateMeter, GivesNothingAtRateZero) {
  RateMeter meter(0);
  EXPECT_FALSE(meter.take(start));
  EXPECT_EQ(meter.next(), never);
}

TEST(RateMeter, GoesOnAtAnotherRate) {
  RateMeter meter(1000);
  taken_between(meter, start, start + seconds(1));
  meter.use(100);
  EXPECT_NEAR(taken_between(meter, start + seconds(2), start + seconds(3)), 110, 2);
  meter.use(1000);
  EXPECT_NEAR(taken_between(meter, start + seconds(4), start + seconds(5)), 1100, 2);
}

}  // namespace
}  // namespace gateway::net
