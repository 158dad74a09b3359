#include "base/histogram.h"

#include <gtest/gtest.h>

namespace gateway {
namespace {

constexpr std::array<Duration, 2> bounds = {milliseconds(1), milliseconds(10)};
using OfTwo = Histogram<bounds>;

TEST(Histogram, CountsADurationInTheFirstBucketThatHoldsIt) {
  OfTwo histogram;
  histogram.observe(Duration::zero());
  histogram.observe(milliseconds(1));
  histogram.observe(milliseconds(1) + Duration(1));
  histogram.observe(milliseconds(10));
  histogram.observe(milliseconds(11));
  EXPECT_EQ(histogram.count(0), 2u);
  EXPECT_EQ(histogram.count(1), 2u);
  EXPECT_EQ(histogram.count(2), 1u);
}

TEST(Histogram, AddsDurationsUp) {
  OfTwo histogram;
  histogram.observe(milliseconds(3), 4);
  histogram.observe(hours(1));
  EXPECT_EQ(histogram.count(1), 4u);
  EXPECT_EQ(histogram.count(2), 1u);
  EXPECT_EQ(histogram.nanoseconds(), 3'600'012'000'000u);
}

TEST(Histogram, TakesANegativeDurationForNone) {
  OfTwo histogram;
  histogram.observe(milliseconds(-5));
  EXPECT_EQ(histogram.count(0), 1u);
  EXPECT_EQ(histogram.nanoseconds(), 0u);
}

}  // namespace
}  // namespace gateway
