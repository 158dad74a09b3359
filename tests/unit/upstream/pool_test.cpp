#include "upstream/pool.h"

#include <gtest/gtest.h>

namespace gateway::upstream {
namespace {

constexpr TimePoint now{seconds(10)};

TEST(Pool, ChoosesTheServerWithTheFewestSessions) {
  Pool pool(3);
  pool.opened({0});
  pool.opened({2});
  EXPECT_EQ(pool.choose(now, std::nullopt), ServerId{1});
  pool.opened({1});
  pool.closed({2});
  EXPECT_EQ(pool.choose(now, std::nullopt), ServerId{2});
}

TEST(Pool, AvoidsTheExcludedServerWhileThereIsAnother) {
  Pool pool(2);
  EXPECT_EQ(pool.choose(now, ServerId{0}), ServerId{1});
  Pool single(1);
  EXPECT_EQ(single.choose(now, ServerId{0}), ServerId{0});
}

TEST(Pool, AServerThatFailedComesLastForAWhileButIsNeverRefused) {
  Pool pool(2);
  pool.opened({1});
  pool.failed({0}, now);
  EXPECT_EQ(pool.choose(now, std::nullopt), ServerId{1});
  EXPECT_EQ(pool.choose(now + seconds(6), std::nullopt), ServerId{0});
  pool.failed({1}, now);
  EXPECT_EQ(pool.choose(now, std::nullopt), ServerId{0});
}

TEST(Pool, ASuccessEndsTheAvoidance) {
  Pool pool(2);
  pool.opened({1});
  pool.failed({0}, now);
  pool.succeeded({0});
  EXPECT_EQ(pool.choose(now, std::nullopt), ServerId{0});
}

TEST(Pool, AnEmptyPoolHasNoServer) {
  EXPECT_EQ(Pool(0).choose(now, std::nullopt), std::nullopt);
}

}  // namespace
}  // namespace gateway::upstream
