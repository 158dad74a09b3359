#include "net/record_meter.h"

#include <gtest/gtest.h>

namespace gateway::net {
namespace {

int taken(RecordMeter& meter, const RecordOptions& options, TimePoint now, int asked) {
  int count = 0;
  for (int i = 0; i < asked; ++i) count += meter.take(options, now) ? 1 : 0;
  return count;
}

TEST(RecordMeter, WritesThoseOfASecondAtOnceAndThenSoManyASecond) {
  Counter left_out;
  RecordMeter meter(left_out);
  const RecordOptions options{.sessions_per_second = 10};
  const TimePoint start(hours(1));
  EXPECT_EQ(taken(meter, options, start, 1000), 10);
  EXPECT_EQ(left_out.value(), 990U);
  int later = 0;
  for (int i = 1; i <= 50; ++i) later += taken(meter, options, start + milliseconds(100) * i, 100);
  EXPECT_EQ(later, 50) << "in five seconds";
  EXPECT_EQ(taken(meter, options, start + minutes(1), 1000), 10) << "a pause saves up one second";
}

TEST(RecordMeter, CountsNothingWhileItKeepsUp) {
  Counter left_out;
  RecordMeter meter(left_out);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(meter.take({}, TimePoint(milliseconds(20) * i)));
  EXPECT_EQ(left_out.value(), 0U);
}

TEST(RecordMeter, GoesByTheOptionsOfTheMoment) {
  Counter left_out;
  RecordMeter meter(left_out);
  const TimePoint now(hours(1));
  EXPECT_EQ(taken(meter, {.sessions_per_second = 10}, now, 100), 10);
  EXPECT_EQ(taken(meter, {.sessions_per_second = 100}, now + seconds(2), 1000), 100);
}

}  // namespace
}  // namespace gateway::net
