#include "transport/command_rate.h"

#include <gtest/gtest.h>

#include "unit/transport/commands.h"

namespace gateway::transport {
namespace {

using test::start_time;

TEST(CommandRate, TakesThoseOfOneSecondAtOnceAndThenItsRate) {
  CommandRate rate(100);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(rate.take(start_time, 10));
  EXPECT_FALSE(rate.take(start_time, 1));
  EXPECT_TRUE(rate.take(start_time + milliseconds(10), 1));
  EXPECT_FALSE(rate.take(start_time + milliseconds(10), 1));
}

TEST(CommandRate, IsNotUsedUpByWhatItRefused) {
  CommandRate rate(100);
  EXPECT_TRUE(rate.take(start_time, 100));
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(rate.take(start_time, 5));
  EXPECT_TRUE(rate.take(start_time + milliseconds(50), 5));
}

TEST(CommandRate, TakesAnyNumberWithoutALimit) {
  CommandRate rate(0);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(rate.take(start_time, 255));
}

}  // namespace
}  // namespace gateway::transport
