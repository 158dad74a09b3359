#include "net/shared_pool.h"

#include <thread>

#include <gtest/gtest.h>

#include "net/address.h"
#include "net/server_pool.h"

namespace gateway::net {
namespace {

constexpr TimePoint now{seconds(10)};
constexpr upstream::ServerId first{0};

Address at(const std::string& ip) {
  return *parse_address(ip, 5056);
}

PoolOptions options_of(const std::vector<std::string>& servers) {
  PoolOptions options{.name = "game", .servers = {}};
  for (const std::string& ip : servers)
    options.servers.push_back({.address = at(ip), .text = "udp://" + ip + ":5056"});
  return options;
}

bool up(const SharedPool& pool) {
  return pool.stats()[0].up.value() != 0;
}

TEST(SharedPool, OfSeveralThreadsSpreadsTheirSessionsEvenly) {
  const PoolOptions options = options_of({"10.0.0.1", "10.0.0.2"});
  SharedPool pool(options, now);
  const auto open = [&pool] {
    for (int i = 0; i < 500; ++i) pool.opened(pool.choose(now, std::nullopt)->id);
  };
  std::thread other(open);
  open();
  other.join();
  const auto sessions = [&pool](std::size_t i) { return static_cast<int>(pool.stats()[i].sessions.value()); };
  EXPECT_EQ(sessions(0) + sessions(1), 1000);
  EXPECT_NEAR(sessions(0), 500, 2) << "two threads may choose before either is counted";
}

TEST(SharedPool, CountsOutcomesAndShowsWhetherTheServerIsUp) {
  const PoolOptions options = options_of({"10.0.0.1"});
  SharedPool pool(options, now);
  const ChosenServer server = *pool.choose(now, std::nullopt);
  EXPECT_TRUE(up(pool));
  for (int i = 0; i < 2; ++i) pool.failed(server, now);
  EXPECT_TRUE(up(pool));
  pool.probed(server, ProbeResult::timeout, now);
  EXPECT_FALSE(up(pool));
  pool.connected(server, now);
  EXPECT_TRUE(up(pool));
  EXPECT_EQ(pool.stats()[0].connected.value(), 1U);
  EXPECT_EQ(pool.stats()[0].connect_failures.value(), 2U);
  EXPECT_EQ(pool.stats()[0].probes[static_cast<std::size_t>(ProbeResult::timeout)].value(), 1U);
}

TEST(SharedPool, WhatMayBeTheClientsDoingSaysNothingOfTheServer) {
  const PoolOptions options = options_of({"10.0.0.1"});
  SharedPool pool(options, now);
  for (int i = 0; i < 10; ++i) pool.failed({first, at("10.0.0.1")}, now, false);
  EXPECT_TRUE(up(pool));
  EXPECT_EQ(pool.stats()[0].connect_failures.value(), 10U);
}

TEST(SharedPool, ChoosesTheAddressThatTheNameMeansNow) {
  const PoolOptions options = options_of({"10.0.0.1"});
  SharedPool pool(options, now);
  pool.moved(first, at("10.0.0.9"), now);
  EXPECT_EQ(pool.choose(now, std::nullopt)->address, at("10.0.0.9"));
  EXPECT_EQ(pool.next_probe(now + seconds(10))->address, at("10.0.0.9"));
  EXPECT_EQ(pool.stats()[0].address_changes.value(), 1U);
}

TEST(SharedPool, WhatFailedAtAFormerAddressSaysNothingOfThePresentOne) {
  const PoolOptions options = options_of({"10.0.0.1"});
  SharedPool pool(options, now);
  const ChosenServer former = *pool.choose(now, std::nullopt);
  for (int i = 0; i < 3; ++i) pool.failed(former, now);
  EXPECT_FALSE(up(pool));
  pool.moved(first, at("10.0.0.9"), now);
  EXPECT_TRUE(up(pool));
  for (int i = 0; i < 3; ++i) pool.failed(former, now);
  EXPECT_TRUE(up(pool));
}

TEST(ServerPool, SessionsAtOneAddressShareAClockInWhateverPool) {
  const PoolOptions options = options_of({"10.0.0.1"});
  SharedPool one(options, now);
  SharedPool two(options, now);
  SharedClocks clocks;
  PoolStats stats;
  ServerPool pool(one, clocks, stats);
  ServerPool other(two, clocks, stats);
  EXPECT_EQ(pool.opened(*pool.choose(now, std::nullopt)).clock,
            other.opened(*other.choose(now, std::nullopt)).clock);
}

TEST(ServerPool, ANameThatMovesGetsANewClockAndItsSessionsKeepTheOld) {
  const PoolOptions options = options_of({"10.0.0.1"});
  SharedPool shared(options, now);
  SharedClocks clocks;
  PoolStats stats;
  ServerPool pool(shared, clocks, stats);
  const ServerUse before = pool.opened(*pool.choose(now, std::nullopt));
  before.clock->clock.observe({.sent = now, .received = now, .server_time = 77'000});
  shared.moved(first, at("10.0.0.9"), now);
  const ServerUse after = pool.opened(*pool.choose(now, std::nullopt));
  EXPECT_FALSE(after.clock->clock.known());
  EXPECT_TRUE(before.clock->clock.known());
  EXPECT_EQ(before.clock->clock.at(now), 77'000U);
  EXPECT_EQ(shared.stats()[0].sessions.value(), 2U);

  pool.closed(before);
  EXPECT_EQ(clocks.size(), 1U) << "a clock goes with its last session";
  EXPECT_TRUE(clocks.contains(at("10.0.0.9")));
}

}  // namespace
}  // namespace gateway::net
