#include "net/beats.h"

#include <gtest/gtest.h>

namespace gateway::net {
namespace {

TEST(Beats, OfAllShardsGoOn) {
  Beats beats;
  EXPECT_TRUE(beats.all_went_on({0, 0, 0})) << "nothing to compare with";
  EXPECT_TRUE(beats.all_went_on({1, 1, 1}));
  EXPECT_TRUE(beats.all_went_on({2, 5, 2}));
}

TEST(Beats, OfAStuckShardDoNotUntilItTurnsAgain) {
  Beats beats;
  beats.all_went_on({1, 1});
  EXPECT_FALSE(beats.all_went_on({2, 1}));
  EXPECT_FALSE(beats.all_went_on({3, 1}));
  EXPECT_TRUE(beats.all_went_on({4, 2}));
}

TEST(Beats, OfAShardThatNeverTurnedDoNot) {
  Beats beats;
  beats.all_went_on({0, 0});
  EXPECT_FALSE(beats.all_went_on({1, 0}));
}

}  // namespace
}  // namespace gateway::net
