#include "config/quantity.h"

#include <gtest/gtest.h>

namespace gateway::config {
namespace {

TEST(Quantity, ReadsDurations) {
  EXPECT_EQ(parse_duration("250ms"), milliseconds(250));
  EXPECT_EQ(parse_duration("30s"), seconds(30));
  EXPECT_EQ(parse_duration("10m"), minutes(10));
  EXPECT_EQ(parse_duration("2h"), hours(2));
  EXPECT_EQ(parse_duration("0s"), seconds(0));
}

TEST(Quantity, ReadsSizesAndRates) {
  EXPECT_EQ(parse_size("512B"), 512u);
  EXPECT_EQ(parse_size("500KiB"), 512'000u);
  EXPECT_EQ(parse_size("1MiB"), 1'048'576u);
  EXPECT_EQ(parse_rate("2000/s"), 2000u);
}

TEST(Quantity, RefusesANumberWithoutUnit) {
  EXPECT_EQ(parse_duration("30"), std::nullopt);
  EXPECT_EQ(parse_size("1024"), std::nullopt);
  EXPECT_EQ(parse_rate("2000"), std::nullopt);
}

TEST(Quantity, RefusesWhatIsNotAWholeNumberAndAUnit) {
  for (const char* text :
       {"", "s", "-1s", "+1s", "1.5s", "1 s", " 1s", "1s ", "1S", "1sec", "0x10s", "1kb"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
    EXPECT_EQ(parse_size(text), std::nullopt) << text;
  }
}

TEST(Quantity, RefusesWhatDoesNotFit) {
  EXPECT_EQ(parse_duration("9223372036854775807h"), std::nullopt);
  EXPECT_EQ(parse_duration("9223372036855s"), std::nullopt);  // one more than 2^63 nanoseconds
  EXPECT_EQ(parse_size("18446744073709551615KiB"), std::nullopt);
  EXPECT_EQ(parse_number("18446744073709551616"), std::nullopt);
}

TEST(Quantity, WritesTheLargestUnitThatKeepsTheNumberWhole) {
  EXPECT_EQ(write_duration(milliseconds(1500)), "1500ms");
  EXPECT_EQ(write_duration(seconds(90)), "90s");
  EXPECT_EQ(write_duration(minutes(60)), "1h");
  EXPECT_EQ(write_duration(Duration::zero()), "0ms");
  EXPECT_EQ(write_size(512'000), "500KiB");
  EXPECT_EQ(write_size(1'048'577), "1048577B");
  EXPECT_EQ(write_rate(2000), "2000/s");
}

}  // namespace
}  // namespace gateway::config
