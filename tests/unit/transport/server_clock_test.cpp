#include "transport/server_clock.h"

#include <gtest/gtest.h>

#include "transport/stats.h"
#include "unit/transport/commands.h"

namespace gateway::transport {
namespace {

constexpr std::uint32_t ahead = 0x80000000;  // of our own counter

struct ServerClockTest : testing::Test {
  ServerClock clock;
  TimePoint now = test::start_time;

  // A round trip whose way there and way back take so long; the server is `offset` ahead.
  void observe(Duration there, Duration back, std::uint32_t offset = ahead) {
    const TimePoint sent = now;
    const std::uint32_t server_time = wire_milliseconds(sent + there) + offset;
    now += there + back;
    clock.observe({sent, now, server_time});
  }
  std::int32_t error(std::uint32_t offset = ahead) const {
    return static_cast<std::int32_t>(clock.at(now) - (wire_milliseconds(now) + offset));
  }
};

TEST_F(ServerClockTest, ShowsOurOwnCounterWhileUnknown) {
  EXPECT_FALSE(clock.known());
  EXPECT_EQ(clock.at(now), wire_milliseconds(now));
}

TEST_F(ServerClockTest, TakesHalfTheRoundTripForTheWayBack) {
  observe(milliseconds(20), milliseconds(20));
  EXPECT_TRUE(clock.known());
  EXPECT_EQ(error(), 0);
}

TEST_F(ServerClockTest, BelievesTheShortestRoundTrip) {
  observe(milliseconds(2), milliseconds(2));
  now += seconds(1);
  observe(milliseconds(2), milliseconds(100));
  EXPECT_EQ(error(), 0);
}

TEST_F(ServerClockTest, ForgetsASampleAfterItsWindow) {
  observe(milliseconds(2), milliseconds(2));
  now += ServerClock::window;
  observe(milliseconds(10), milliseconds(30));
  EXPECT_EQ(error(), -10);
}

TEST_F(ServerClockTest, KeepsTheBestOfTheWholeWindow) {
  observe(milliseconds(1), milliseconds(1));
  for (int i = 0; i < 5; ++i) {
    now += seconds(9);
    observe(milliseconds(10), milliseconds(30));
    EXPECT_EQ(error(), 0) << i;
  }
}

TEST_F(ServerClockTest, FollowsADriftingClock) {
  for (int i = 0; i < 360; ++i) {
    observe(milliseconds(1), milliseconds(1), ahead + static_cast<std::uint32_t>(i));
    now += seconds(10);
  }
  EXPECT_LE(error(ahead + 359), 0);
  EXPECT_GE(error(ahead + 359), -6) << "the window is the oldest sample that counts";
  EXPECT_EQ(clock.steps(), 0U);
}

TEST_F(ServerClockTest, TakesAJumpAtOnceAndCountsIt) {
  observe(milliseconds(1), milliseconds(1));
  observe(milliseconds(20), milliseconds(20), ahead + 300);
  EXPECT_EQ(error(ahead + 300), 0);
  EXPECT_EQ(clock.steps(), 1U);
  observe(milliseconds(20), milliseconds(20), 5);
  EXPECT_EQ(error(5), 0);
  EXPECT_EQ(clock.steps(), 2U);
  observe(milliseconds(1), milliseconds(1), 5 + 0x80000000);
  EXPECT_EQ(error(5 + 0x80000000), 0) << "as far as a jump can go";
  EXPECT_EQ(clock.steps(), 3U);
}

TEST_F(ServerClockTest, DoesNotTakeAnUnevenWayForAJump) {
  observe(milliseconds(1), milliseconds(1));
  observe(milliseconds(1), milliseconds(900));
  EXPECT_EQ(clock.steps(), 0U);
  EXPECT_EQ(error(), 0);
}

TEST_F(ServerClockTest, IgnoresSamplesThatAreNone) {
  clock.observe({now, now - milliseconds(1), 5});
  clock.observe({now, now + seconds(11), 5});
  EXPECT_FALSE(clock.known());
}

TEST_F(ServerClockTest, AsksEveryTenSeconds) {
  EXPECT_TRUE(clock.wants_sample(now));
  clock.asked(now);
  EXPECT_FALSE(clock.wants_sample(now + seconds(9)));
  EXPECT_TRUE(clock.wants_sample(now + seconds(10)));
}

TEST(Drop, HasANameForEveryReason) {
  for (int i = 0; i < static_cast<int>(Drop::count_); ++i)
    EXPECT_NE(name(static_cast<Drop>(i)), "unknown") << i;
  EXPECT_EQ(name(Drop::too_far_ahead), "too_far_ahead");
}

}  // namespace
}  // namespace gateway::transport
