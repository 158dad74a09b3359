#include "net/drain.h"

#include <gtest/gtest.h>

namespace gateway::net {
namespace {

constexpr TimePoint start{hours(1)};
constexpr DrainOptions options{.announce = seconds(15), .deadline = minutes(10)};

Drain begun(const DrainOptions& how = options) {
  Drain drain;
  drain.begin(how, start);
  return drain;
}

TEST(Drain, ServesUntilItBegins) {
  Drain drain;
  EXPECT_EQ(drain.advance(start, 0), DrainPhase::serving);
  EXPECT_EQ(drain.advance(start + hours(10), 5), DrainPhase::serving);
}

TEST(Drain, AnnouncesForItsTimeAlsoWithoutSessions) {
  Drain drain = begun();
  EXPECT_EQ(drain.advance(start, 0), DrainPhase::announcing);
  EXPECT_EQ(drain.advance(start + seconds(15) - milliseconds(1), 0), DrainPhase::announcing);
  EXPECT_EQ(drain.advance(start + seconds(15), 0), DrainPhase::over);
  EXPECT_TRUE(drain.drained());
}

TEST(Drain, RefusesUntilTheLastSessionEnded) {
  Drain drain = begun();
  EXPECT_EQ(drain.advance(start + seconds(15), 2), DrainPhase::refusing);
  EXPECT_EQ(drain.advance(start + minutes(9), 1), DrainPhase::refusing);
  EXPECT_EQ(drain.share(start + minutes(9)), 0);
  EXPECT_EQ(drain.advance(start + minutes(9), 0), DrainPhase::over);
  EXPECT_TRUE(drain.drained());
}

TEST(Drain, TellsWhoIsLeftAtTheDeadlineSpreadOverTenSeconds) {
  Drain drain = begun();
  drain.advance(start + seconds(15), 4);
  EXPECT_EQ(drain.advance(start + minutes(10), 4), DrainPhase::ending);
  EXPECT_DOUBLE_EQ(drain.share(start + minutes(10)), 0);
  EXPECT_DOUBLE_EQ(drain.share(start + minutes(10) + seconds(5)), 0.5);
  EXPECT_EQ(drain.advance(start + minutes(10) + seconds(9), 1), DrainPhase::ending);
  EXPECT_EQ(drain.advance(start + minutes(10) + seconds(10), 1), DrainPhase::over);
  EXPECT_DOUBLE_EQ(drain.share(start + minutes(10) + seconds(10)), 1);
  EXPECT_FALSE(drain.drained());
}

TEST(Drain, IsOverWhenTheLastOfThoseToldIsGone) {
  Drain drain = begun();
  drain.advance(start + minutes(10), 4);
  EXPECT_EQ(drain.advance(start + minutes(10) + seconds(1), 0), DrainPhase::over);
  EXPECT_FALSE(drain.drained());
}

TEST(Drain, ASecondBeginningTellsAllAtOnce) {
  for (const Duration after : {seconds(1), seconds(60)}) {
    Drain drain = begun();
    drain.advance(start + after, 3);
    drain.begin(options, start + after);
    EXPECT_EQ(drain.advance(start + after, 3), DrainPhase::over);
    EXPECT_DOUBLE_EQ(drain.share(start + after), 1);
    EXPECT_FALSE(drain.drained());
  }
}

TEST(Drain, ASecondBeginningWithoutSessionsEndsAsDrained) {
  Drain drain = begun();
  drain.begin(options, start + seconds(1));
  EXPECT_EQ(drain.advance(start + seconds(1), 0), DrainPhase::over);
  EXPECT_TRUE(drain.drained());
}

TEST(Drain, ASecondBeginningWhileEndingTellsTheRestAtOnce) {
  Drain drain = begun();
  drain.advance(start + minutes(10), 3);
  drain.begin(options, start + minutes(10) + seconds(1));
  EXPECT_EQ(drain.advance(start + minutes(10) + seconds(1), 3), DrainPhase::over);
}

TEST(Drain, WithoutAnyTimeIsOverAtOnce) {
  Drain drain = begun({.announce = seconds(0), .deadline = seconds(0)});
  EXPECT_EQ(drain.advance(start, 3), DrainPhase::over);
  EXPECT_DOUBLE_EQ(drain.share(start), 1);
  EXPECT_FALSE(drain.drained());
}

TEST(Drain, SpreadsNoLongerThanTheDeadlineWas) {
  Drain drain = begun({.announce = seconds(0), .deadline = seconds(2)});
  EXPECT_EQ(drain.advance(start + seconds(2), 3), DrainPhase::ending);
  EXPECT_DOUBLE_EQ(drain.share(start + seconds(3)), 0.5);
  EXPECT_EQ(drain.advance(start + seconds(4), 3), DrainPhase::over);
}

}  // namespace
}  // namespace gateway::net
