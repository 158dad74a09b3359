#include "upstream/pool.h"

#include <set>

#include <gtest/gtest.h>

namespace gateway::upstream {
namespace {

using enum ServerState;

constexpr TimePoint now{seconds(10)};

Pool pool_of(const std::vector<ServerState>& states, const HealthOptions& health = {.fall = 1}) {
  return Pool(states, health, now);
}

TEST(Pool, ChoosesTheServerWithTheFewestSessions) {
  Pool pool = pool_of({active, active, active});
  pool.opened({0});
  pool.opened({2});
  EXPECT_EQ(pool.choose(now, std::nullopt), ServerId{1});
  pool.opened({1});
  pool.closed({2});
  EXPECT_EQ(pool.choose(now, std::nullopt), ServerId{2});
}

TEST(Pool, ServersWithAsManySessionsTakeTurns) {
  Pool pool = pool_of({active, active, active});
  std::set<std::size_t> chosen;
  for (int i = 0; i < 3; ++i) chosen.insert(pool.choose(now, std::nullopt)->index);
  EXPECT_EQ(chosen.size(), 3U);
}

TEST(Pool, AvoidsTheExcludedServerWhileThereIsAnother) {
  Pool pool = pool_of({active, active});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(pool.choose(now, ServerId{0}), ServerId{1});
  Pool single = pool_of({active});
  EXPECT_EQ(single.choose(now, ServerId{0}), ServerId{0});
}

TEST(Pool, TheExcludedServerComesBehindOneThatIsDown) {
  Pool pool = pool_of({active, active});
  pool.failed({1}, now);
  EXPECT_EQ(pool.choose(now, ServerId{0}), ServerId{1});
}

TEST(Pool, OnlyActiveServersAreChosen) {
  Pool pool = pool_of({draining, active, disabled});
  for (int i = 0; i < 3; ++i) {
    pool.opened({1});
    EXPECT_EQ(pool.choose(now, std::nullopt), ServerId{1});
  }
}

TEST(Pool, DrainingAndDisabledServersAreNeverTheOtherOne) {
  Pool pool = pool_of({active, draining, disabled});
  EXPECT_EQ(pool.choose(now, ServerId{0}), ServerId{0});
}

TEST(Pool, HasNoServerWhenNoneIsActive) {
  EXPECT_EQ(pool_of({draining, disabled}).choose(now, std::nullopt), std::nullopt);
  EXPECT_EQ(pool_of({}).choose(now, std::nullopt), std::nullopt);
}

TEST(Pool, AServerThatIsDownComesLastUntilItIsUp) {
  Pool pool = pool_of({active, active});
  pool.opened({1});
  EXPECT_EQ(pool.failed({0}, now), Change::went_down);
  EXPECT_EQ(pool.choose(now, std::nullopt), ServerId{1});
  EXPECT_EQ(pool.succeeded({0}, now), Change::went_up);
  EXPECT_EQ(pool.choose(now, std::nullopt), ServerId{0});
}

TEST(Pool, OneFailureOfThreeDoesNotMoveAServer) {
  Pool pool = pool_of({active, active}, {.fall = 3});
  pool.opened({1});
  pool.failed({0}, now);
  EXPECT_EQ(pool.choose(now, std::nullopt), ServerId{0});
}

TEST(Pool, WhenAllAreDownTheOneThatFailedLongestAgoIsTried) {
  Pool pool = pool_of({active, active, active});
  pool.failed({2}, now);
  pool.failed({0}, now + seconds(1));
  pool.failed({1}, now + seconds(2));
  EXPECT_EQ(pool.choose(now + seconds(3), std::nullopt), ServerId{2});
  pool.failed({2}, now + seconds(4));
  EXPECT_EQ(pool.choose(now + seconds(5), std::nullopt), ServerId{0});
}

TEST(Pool, WithoutProbesOneSessionAnIntervalTriesAServerThatIsDown) {
  Pool pool = pool_of({active, active}, {.probes = false, .interval = seconds(10), .fall = 1});
  pool.opened({1});
  pool.failed({0}, now);
  EXPECT_EQ(pool.choose(now + seconds(9), std::nullopt), ServerId{1});
  EXPECT_EQ(pool.choose(now + seconds(10), std::nullopt), ServerId{0});
  EXPECT_EQ(pool.choose(now + seconds(10), std::nullopt), ServerId{1}) << "the first one's outcome is open";
}

TEST(Pool, AServerWhoseNameMeansAnotherMachineIsUp) {
  Pool pool = pool_of({active});
  pool.failed({0}, now);
  pool.replaced({0}, now);
  EXPECT_TRUE(pool.up({0}));
}

TEST(Pool, ProbesServersWithoutASuccessInTheLastInterval) {
  Pool pool = pool_of({active, active}, {.interval = seconds(10)});
  pool.succeeded({0}, now + seconds(5));
  EXPECT_EQ(pool.next_probe(now + seconds(9)), std::nullopt);
  EXPECT_EQ(pool.probe_due(), now + seconds(10));
  EXPECT_EQ(pool.next_probe(now + seconds(10)), ServerId{1});
  EXPECT_EQ(pool.next_probe(now + seconds(10)), std::nullopt) << "it is probed already";
  EXPECT_EQ(pool.probe_due(), now + seconds(15));
}

TEST(Pool, ProbesDrainingServersAndNoDisabledOnes) {
  Pool pool = pool_of({disabled, draining});
  EXPECT_EQ(pool.next_probe(now + seconds(10)), ServerId{1});
  EXPECT_EQ(pool.next_probe(now + seconds(10)), std::nullopt);
  EXPECT_EQ(pool_of({disabled}).probe_due(), never);
}

TEST(Pool, ProbesNothingWhenHealthChecksAreOff) {
  Pool pool = pool_of({active}, {.probes = false});
  EXPECT_EQ(pool.probe_due(), never);
  EXPECT_EQ(pool.next_probe(now + hours(1)), std::nullopt);
}

}  // namespace
}  // namespace gateway::upstream
