// The keys of an upstream that say which servers are chosen and how it is found out that they live.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load.h"
#include "config/print.h"

namespace gateway::config {
namespace {

using upstream::ServerState;

std::string with_upstream(const std::string& entries) {
  return "version: 1\nlisteners: [{ name: a, listen: \"udp://127.0.0.1:5055\", upstream: b }]\n"
         "upstreams:\n  b: { " +
         entries + " }\n";
}

net::PoolOptions pool_of(const std::string& entries) {
  return load_text(with_upstream(entries), "f.yaml").net.pools.at(0);
}

std::string failure(const std::string& health_check) {
  try {
    pool_of("servers: [\"udp://127.0.0.1:1\"], health_check: " + health_check);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(HealthKeys, ServersAreActiveUnlessTheirStateSaysOtherwise) {
  const net::PoolOptions pool = pool_of(
      "servers: [\"udp://127.0.0.1:1\", { address: \"udp://127.0.0.1:2\", state: active }, "
      "{ address: \"udp://127.0.0.1:3\", state: draining }, { address: \"udp://127.0.0.1:4\", state: "
      "disabled }]");
  std::vector<ServerState> states;
  for (const net::ServerOptions& server : pool.servers) states.push_back(server.state);
  EXPECT_THAT(states, testing::ElementsAre(ServerState::active, ServerState::active, ServerState::draining,
                                           ServerState::disabled));
}

TEST(HealthKeys, AnUnknownStateIsToldWithThoseThereAre) {
  try {
    pool_of("servers: [{ address: \"udp://127.0.0.1:1\", state: drain }]");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("\"state\" must be one of active | draining | disabled"));
  }
}

TEST(HealthKeys, ServersAreProbedEveryTenSecondsByDefault) {
  const upstream::HealthOptions health = pool_of("servers: [\"udp://127.0.0.1:1\"]").health;
  EXPECT_TRUE(health.probes);
  EXPECT_EQ(health.interval, seconds(10));
  EXPECT_EQ(health.timeout, seconds(2));
  EXPECT_EQ(health.rise, 1U);
  EXPECT_EQ(health.fall, 3U);
}

TEST(HealthKeys, EveryNumberCanBeSet) {
  const upstream::HealthOptions health = pool_of(
                                             "servers: [\"udp://127.0.0.1:1\"], health_check: { interval: "
                                             "2s, timeout: 500ms, rise: 2, fall: 5 }")
                                             .health;
  EXPECT_EQ(health.interval, seconds(2));
  EXPECT_EQ(health.timeout, milliseconds(500));
  EXPECT_EQ(health.rise, 2U);
  EXPECT_EQ(health.fall, 5U);
}

TEST(HealthKeys, TheTimeoutFollowsAShortInterval) {
  EXPECT_EQ(pool_of("servers: [\"udp://127.0.0.1:1\"], health_check: { interval: 1s }").health.timeout,
            seconds(1));
}

TEST(HealthKeys, OffMeansNoProbes) {
  EXPECT_FALSE(pool_of("servers: [\"udp://127.0.0.1:1\"], health_check: off").health.probes);
}

TEST(HealthKeys, MistakesAreToldWithWhatToWrite) {
  EXPECT_THAT(failure("never"),
              testing::AllOf(testing::StartsWith("f.yaml:4:"),
                             testing::HasSubstr("must be a map or off, as in health_check: {")));
  EXPECT_THAT(failure("{ intervall: 1s }"), testing::HasSubstr("did you mean \"interval\"?"));
  EXPECT_THAT(failure("{ interval: 1s, timeout: 2s }"),
              testing::HasSubstr("\"timeout\" (2s) must not be longer than \"interval\" (1s)"));
  EXPECT_THAT(failure("{ interval: 1ms }"), testing::HasSubstr("\"interval\" must be"));
  EXPECT_THAT(failure("{ fall: 0 }"), testing::HasSubstr("\"fall\" must be"));
}

TEST(HealthKeys, ArePrintedInAFormThatIsReadBackToTheSame) {
  const std::string text = print(load_text(
      with_upstream("servers: [{ address: \"udp://127.0.0.1:1\", state: draining }], health_check: off"),
      "f.yaml"));
  EXPECT_THAT(text, testing::HasSubstr("{ servers: [{ address: \"udp://127.0.0.1:1\", state: draining }], "
                                       "health_check: off }"));
  EXPECT_EQ(print(load_text(text, "printed")), text);
}

TEST(HealthKeys, OnlyHostNamesAreResolvedAgain) {
  EXPECT_EQ(pool_of("servers: [\"udp://127.0.0.1:1\"]").servers[0].host, "");
  EXPECT_EQ(pool_of("servers: [\"udp://[::1]:1\"]").servers[0].host, "");
  EXPECT_EQ(pool_of("servers: [\"udp://localhost:1\"]").servers[0].host, "localhost");
}

}  // namespace
}  // namespace gateway::config
