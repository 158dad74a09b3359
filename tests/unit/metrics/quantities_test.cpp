#include "metrics/quantities.h"

#include <limits>

#include <gtest/gtest.h>

namespace gateway::metrics {
namespace {

TEST(Quantities, GroupThousands) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1'000), "1,000");
  EXPECT_EQ(grouped(1'234'567), "1,234,567");
  EXPECT_EQ(grouped(std::numeric_limits<std::uint64_t>::max()), "18,446,744,073,709,551,615");
}

TEST(Quantities, ShowRatesAsPreciselyAsTheyAreRead) {
  EXPECT_EQ(rate_text(0), "0");
  EXPECT_EQ(rate_text(0.25), "0.2");
  EXPECT_EQ(rate_text(99.94), "99.9");
  EXPECT_EQ(rate_text(99.96), "100");
  EXPECT_EQ(rate_text(12'345.6), "12,346");
}

TEST(Quantities, ShowBytesInTheLargestUnitThatFits) {
  EXPECT_EQ(bytes_text(0), "0 B");
  EXPECT_EQ(bytes_text(1023), "1023 B");
  EXPECT_EQ(bytes_text(1024), "1.0 KiB");
  EXPECT_EQ(bytes_text(1024.0 * 1024 - 1), "1.0 MiB");
  EXPECT_EQ(bytes_text(1024.0 * 1024 * 1024 * 3 / 2), "1.5 GiB");
  EXPECT_EQ(bytes_text(18'446'744'073'709'551'615.0), "16.0 EiB");
}

TEST(Quantities, ShowSpansFromTheirLargestUnitOn) {
  EXPECT_EQ(span_text(seconds(-1)), "0 s");
  EXPECT_EQ(span_text(milliseconds(1999)), "1 s");
  EXPECT_EQ(span_text(minutes(5)), "5 min 0 s");
  EXPECT_EQ(span_text(hours(3) + seconds(17)), "3 h 0 min 17 s");
  EXPECT_EQ(span_text(hours(50) + minutes(1) + seconds(2)), "2 d 2 h 1 min 2 s");
}

TEST(Quantities, ShowTimesOfTheWallClock) {
  EXPECT_EQ(time_text(0), "1970-01-01 00:00:00 UTC");
  EXPECT_EQ(time_text(1'700'000'000.9), "2023-11-14 22:13:20 UTC");
}

}  // namespace
}  // namespace gateway::metrics
