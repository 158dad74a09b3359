#include "base/time.h"

#include <gtest/gtest.h>

namespace gateway {
namespace {

TEST(WireMilliseconds, CountDownwardToWholeOnes) {
  EXPECT_EQ(wire_milliseconds(TimePoint{}), 0u);
  EXPECT_EQ(wire_milliseconds(TimePoint{microseconds(1999)}), 1u);
  EXPECT_EQ(wire_milliseconds(TimePoint{microseconds(-1)}), 0xFFFFFFFFu);
}

TEST(WireMilliseconds, WrapAfter32Bits) {
  EXPECT_EQ(wire_milliseconds(TimePoint{milliseconds((std::int64_t{1} << 32) + 5)}), 5u);
}

}  // namespace
}  // namespace gateway
