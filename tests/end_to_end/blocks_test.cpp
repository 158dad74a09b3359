// Who violates the protocol again and again gets no new session for a while.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/stream_scene.h"

namespace gateway::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using Scheme = GatewayProcess::Scheme;

const std::string three_violations =
    "limits: { exempt: [], block: { violations: 3, within: 1m, for: 1m } }\n";
const std::vector<std::uint8_t> sealed_without_key{0xF3, 0x82, 1,  2,  3,  4,  5,  6,  7,
                                                   8,    9,    10, 11, 12, 13, 14, 15, 16};

std::string metrics(const GatewayProcess& gateway) {
  return http_get(gateway.admin_port(), "/metrics").body;
}

bool blocked(const GatewayProcess& gateway) {
  return metrics(gateway).find("photon_gateway_blocked_sources 1\n") != std::string::npos;
}

/// A client that gets in and at once sends what no client would.
void violate(Scene& scene) {
  const auto client = scene.connected();
  client->client().raw_bytes(client->now(), sealed_without_key);
  const auto told = [&] { return client->client().last(ClientEvent::Kind::disconnected) != nullptr; };
  EXPECT_TRUE(client->run_until(told, patience));
  client->run_for(milliseconds(50));
}

TEST(Blocks, AnAddressThatKeepsViolatingGetsNoAnswerWhileItsSessionsGoOn) {
  Scene scene({}, three_violations);
  const auto live = scene.encrypted();
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(blocked(scene.gateway)) << i;
    violate(scene);
  }
  EXPECT_TRUE(live->run_until([&] { return blocked(scene.gateway); }, patience)) << metrics(scene.gateway);

  const auto refused = scene.client();
  std::size_t answers = 0;
  refused->trace([&](PhotonSocketClient::Sent by, Bytes) {
    answers += by == PhotonSocketClient::Sent::by_server ? 1U : 0U;
  });
  refused->connect();
  const auto counted = [&] {
    return metrics(scene.gateway).find("reason=\"blocked\"} 0\n") == std::string::npos;
  };
  EXPECT_TRUE(refused->run_until(counted, patience)) << metrics(scene.gateway);
  EXPECT_EQ(answers, 0u);

  const std::vector<std::uint8_t> data{1, 2, 3};
  EXPECT_NE(ask(*live, Operation::echo, 0, data, true), nullptr);
  EXPECT_THAT(metrics(scene.gateway), HasSubstr("photon_gateway_blocks_total 1\n"));
  const std::string log = scene.gateway.process().output();
  EXPECT_THAT(log, HasSubstr("source blocked listener=test reason=bad_encryption violations=3"));
  EXPECT_THAT(log, Not(HasSubstr("address=127.0.0.1")));
}

TEST(Blocks, OnStreamsItIsClosedAtAccept) {
  for (const Scheme scheme : {Scheme::tcp, Scheme::ws}) {
    StreamScene scene(scheme, {}, three_violations);
    for (int i = 0; i < 3; ++i) {
      const auto client = scene.connected();
      client->client().raw_bytes(client->now(), sealed_without_key);
      EXPECT_TRUE(client->run_until([&] { return client->ended(); }, patience));
    }
    const auto refused = scene.client();
    EXPECT_TRUE(refused->run_until([&] { return blocked(scene.gateway); }, patience))
        << metrics(scene.gateway);
    refused->connect();
    EXPECT_TRUE(refused->run_until([&] { return refused->ended(); }, patience));
    EXPECT_THAT(metrics(scene.gateway),
                HasSubstr("photon_gateway_sessions_rejected_total{listener=\"test\",reason=\"blocked\"} 1"));
  }
}

TEST(Blocks, AreLiftedByAReloadWithoutThemOrByAnExemption) {
  for (const char* limits : {"limits: { exempt: [], block: off }\n", "limits: { exempt: [127.0.0.1] }\n"}) {
    Scene scene({}, three_violations);
    const auto live = scene.connected();
    for (int i = 0; i < 3; ++i) violate(scene);
    EXPECT_TRUE(live->run_until([&] { return blocked(scene.gateway); }, patience)) << metrics(scene.gateway);
    ASSERT_TRUE(scene.gateway.reload(
        {.servers = {scene.server.port()}, .more = limits, .upstream = {"health_check: off"}}));
    EXPECT_TRUE(scene.connected()->client().initialised()) << limits;
    EXPECT_NE(ask(*live, Operation::echo, 0, Bytes{}, false), nullptr);
  }
}

TEST(Blocks, LeaveLoopbackAloneByDefault) {
  Scene scene({}, "limits: { block: { violations: 1, within: 1m, for: 1m } }\n");
  for (int i = 0; i < 3; ++i) violate(scene);
  EXPECT_THAT(metrics(scene.gateway), HasSubstr("photon_gateway_blocks_total 0\n"));
}

}  // namespace
}  // namespace gateway::test
