#include "transport/round_trip.h"

#include <gtest/gtest.h>

namespace gateway::transport {
namespace {

TEST(RoundTrip, BeginsWithTheClientsGuess) {
  const Options options;
  const RoundTrip round_trip(options);
  EXPECT_EQ(round_trip.mean(), milliseconds(200));
  EXPECT_EQ(round_trip.first_wait(), milliseconds(220));
}

TEST(RoundTrip, FollowsTheClientsFormulaForAShorterSample) {
  const Options options;
  RoundTrip round_trip(options);
  round_trip.observe(milliseconds(100));
  EXPECT_EQ(round_trip.mean(), microseconds(187'500));
  EXPECT_EQ(round_trip.variance(), microseconds(25'625));
  EXPECT_EQ(round_trip.first_wait(), milliseconds(290));
}

TEST(RoundTrip, FollowsTheClientsFormulaForALongerSample) {
  const Options options;
  RoundTrip round_trip(options);
  round_trip.observe(milliseconds(280));
  EXPECT_EQ(round_trip.mean(), milliseconds(210));
  EXPECT_EQ(round_trip.variance(), microseconds(3'750 + 17'500));
}

TEST(RoundTrip, IgnoresSamplesThatAreNone) {
  const Options options;
  RoundTrip round_trip(options);
  round_trip.observe(milliseconds(-1));
  round_trip.observe(milliseconds(10'001));
  round_trip.start(milliseconds(-1));
  EXPECT_EQ(round_trip.mean(), milliseconds(200));
  EXPECT_EQ(round_trip.variance(), milliseconds(5));
}

TEST(RoundTrip, TakesTheAckOfConnectAsItsStart) {
  const Options options = Options::upstream_leg();
  RoundTrip round_trip(options);
  round_trip.start(milliseconds(80));
  EXPECT_EQ(round_trip.mean(), milliseconds(80));
  round_trip.start(milliseconds(1));
  EXPECT_EQ(round_trip.mean(), milliseconds(15));
  EXPECT_EQ(round_trip.first_wait(), milliseconds(35));
}

TEST(RoundTrip, KeepsTheFirstWaitBetweenItsLimits) {
  const Options options;
  RoundTrip round_trip(options);
  for (int i = 0; i < 200; ++i) round_trip.observe(milliseconds(1));
  EXPECT_EQ(round_trip.first_wait(), options.resend_min);
  for (int i = 0; i < 200; ++i) round_trip.observe(seconds(3));
  EXPECT_EQ(round_trip.first_wait(), options.resend_first_max);
}

}  // namespace
}  // namespace gateway::transport
