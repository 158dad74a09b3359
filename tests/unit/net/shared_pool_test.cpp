#include "net/shared_pool.h"

#include <algorithm>
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

ServerStats stats_of(const SharedPool& pool, std::size_t server = 0) {
  return pool.report().servers.at(server).stats;
}

bool up(const SharedPool& pool) {
  return stats_of(pool).up.value() != 0;
}

TEST(SharedPool, OfSeveralThreadsSpreadsTheirSessionsEvenly) {
  const PoolOptions options = options_of({"10.0.0.1", "10.0.0.2"});
  SharedPool pool(options, now);
  const auto open = [&pool] {
    for (int i = 0; i < 500; ++i) pool.opened(*pool.choose(now, std::nullopt));
  };
  std::thread other(open);
  open();
  other.join();
  const auto sessions = [&pool](std::size_t i) {
    return static_cast<int>(stats_of(pool, i).sessions.value());
  };
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
  EXPECT_EQ(stats_of(pool).connected.value(), 1U);
  EXPECT_EQ(stats_of(pool).connect_failures.value(), 2U);
  EXPECT_EQ(stats_of(pool).probes[static_cast<std::size_t>(ProbeResult::timeout)].value(), 1U);
}

TEST(SharedPool, WhatMayBeTheClientsDoingSaysNothingOfTheServer) {
  const PoolOptions options = options_of({"10.0.0.1"});
  SharedPool pool(options, now);
  for (int i = 0; i < 10; ++i) pool.failed(*pool.choose(now, std::nullopt), now, false);
  EXPECT_TRUE(up(pool));
  EXPECT_EQ(stats_of(pool).connect_failures.value(), 10U);
}

TEST(SharedPool, ChoosesTheAddressThatTheNameMeansNow) {
  const PoolOptions options = options_of({"10.0.0.1"});
  SharedPool pool(options, now);
  pool.moved(first, at("10.0.0.9"), now);
  EXPECT_EQ(pool.choose(now, std::nullopt)->address, at("10.0.0.9"));
  EXPECT_EQ(pool.next_probe(now + seconds(10))->address, at("10.0.0.9"));
  EXPECT_EQ(stats_of(pool).address_changes.value(), 1U);
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

std::vector<std::string> texts_of(const SharedPool& pool) {
  std::vector<std::string> texts;
  for (const ServerReport& server : pool.report().servers) texts.push_back(server.text);
  return texts;
}

TEST(SharedPoolReplace, AServerThatStaysKeepsItsHealthItsCountersAndItsSessions) {
  SharedPool pool(options_of({"10.0.0.1"}), now);
  const ChosenServer server = *pool.choose(now, std::nullopt);
  pool.opened(server);
  for (int i = 0; i < 3; ++i) pool.failed(server, now);
  PoolOptions wanted = options_of({"10.0.0.2", "10.0.0.1"});
  wanted.servers[1].state = upstream::ServerState::draining;
  pool.replace(wanted, now);
  const PoolReport report = pool.report();
  ASSERT_EQ(report.servers.size(), 2U);
  EXPECT_EQ(report.servers[0].state, upstream::ServerState::draining);
  EXPECT_EQ(report.servers[0].stats.sessions.value(), 1U);
  EXPECT_EQ(report.servers[0].stats.connect_failures.value(), 3U);
  EXPECT_FALSE(up(pool));
  EXPECT_EQ(report.servers[1].text, "udp://10.0.0.2:5056");
  pool.closed(server);
  EXPECT_EQ(stats_of(pool).sessions.value(), 0U);
}

TEST(SharedPoolReplace, ARemovedServerIsNeitherChosenNorProbedAndGoesWithItsLastSession) {
  SharedPool pool(options_of({"10.0.0.1"}), now);
  const ChosenServer server = *pool.choose(now, std::nullopt);
  pool.opened(server);
  pool.replace(options_of({"10.0.0.2"}), now);
  EXPECT_EQ(pool.report().servers[0].state, upstream::ServerState::removed);
  EXPECT_EQ(pool.text(server), "udp://10.0.0.1:5056") << "its sessions go on and tell where at their end";
  for (int i = 0; i < 4; ++i) EXPECT_EQ(pool.choose(now, std::nullopt)->address, at("10.0.0.2"));
  EXPECT_EQ(pool.next_probe(now + hours(1))->address, at("10.0.0.2"));
  EXPECT_FALSE(pool.next_probe(now + hours(1)).has_value());
  pool.closed(server);
  EXPECT_EQ(texts_of(pool), std::vector<std::string>{"udp://10.0.0.2:5056"});
}

TEST(SharedPoolReplace, AServerThatComesBackWhileItHasSessionsIsTheSame) {
  SharedPool pool(options_of({"10.0.0.1"}), now);
  const ChosenServer server = *pool.choose(now, std::nullopt);
  pool.opened(server);
  pool.replace(options_of({"10.0.0.2"}), now);
  pool.replace(options_of({"10.0.0.1"}), now);
  EXPECT_EQ(texts_of(pool), std::vector<std::string>{"udp://10.0.0.1:5056"});
  EXPECT_EQ(stats_of(pool).sessions.value(), 1U);
  EXPECT_EQ(pool.choose(now, std::nullopt)->id, server.id);
}

TEST(SharedPoolReplace, WhatWasChosenOfAPlaceSaysNothingOfTheServerThatHasItNow) {
  SharedPool pool(options_of({"10.0.0.1"}), now);
  const ChosenServer former = *pool.choose(now, std::nullopt);  // and not opened yet
  pool.replace(options_of({"10.0.0.2"}), now);
  ASSERT_EQ(pool.choose(now, std::nullopt)->id, former.id) << "the place was free";
  pool.opened(former);
  for (int i = 0; i < 3; ++i) pool.failed(former, now);
  pool.connected(former, now);
  EXPECT_EQ(stats_of(pool).sessions.value(), 0U);
  EXPECT_EQ(stats_of(pool).connect_failures.value(), 0U);
  EXPECT_EQ(stats_of(pool).connected.value(), 0U);
  EXPECT_EQ(pool.text(former), "");
  pool.closed(former);
  EXPECT_EQ(stats_of(pool).sessions.value(), 0U);
}

TEST(SharedPoolReplace, ANamedServerKeepsTheAddressThatWasFoundLast) {
  PoolOptions options = options_of({"10.0.0.1"});
  options.servers[0].host = "game.test";
  SharedPool pool(options, now);
  pool.moved(first, at("10.0.0.9"), now);
  pool.replace(options, now);
  EXPECT_EQ(pool.choose(now, std::nullopt)->address, at("10.0.0.9"));
  EXPECT_EQ(pool.named().size(), 1U);
}

TEST(SharedPoolReplace, NewHealthOptionsHoldForServersThatStay) {
  PoolOptions options = options_of({"10.0.0.1"});
  SharedPool pool(options, now);
  options.health.fall = 1;
  pool.replace(options, now);
  pool.failed(*pool.choose(now, std::nullopt), now);
  EXPECT_FALSE(up(pool));
}

TEST(SharedPoolReplace, AThousandTimesMakesNothingGrow) {
  SharedPool pool(options_of({"10.0.0.1", "10.0.0.2"}), now);
  std::size_t most = 0;
  for (int i = 0; i < 1000; ++i) {
    pool.replace(options_of({"10.0.1." + std::to_string(i % 200), "10.0.0.2"}), now);
    const ChosenServer server = *pool.choose(now, std::nullopt);
    pool.opened(server);
    most = std::max(most, server.id.index);
    pool.closed(server);
    EXPECT_EQ(pool.report().servers.size(), 2U);
  }
  EXPECT_LE(most, 1U) << "places are used again";
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
  EXPECT_EQ(stats_of(shared).sessions.value(), 2U);

  pool.closed(before);
  EXPECT_EQ(clocks.size(), 1U) << "a clock goes with its last session";
  EXPECT_TRUE(clocks.contains(at("10.0.0.9")));
}

}  // namespace
}  // namespace gateway::net
