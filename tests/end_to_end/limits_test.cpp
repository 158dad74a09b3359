// What the gateway refuses for its own sake, over real sockets.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/stream_scene.h"

namespace gateway::test {
namespace {

using testing::HasSubstr;
using Scheme = GatewayProcess::Scheme;

std::string metrics(const GatewayProcess& gateway) {
  return http_get(gateway.admin_port(), "/metrics").body;
}

TEST(Limits, ADeniedAddressGetsNoAnswerOnUdp) {
  Scene scene({}, "access: { deny: [\"127.0.0.0/8\"] }\n");
  const auto client = scene.client();
  std::size_t answers = 0;
  client->trace([&](PhotonSocketClient::Sent by, Bytes) {
    answers += by == PhotonSocketClient::Sent::by_server ? 1U : 0U;
  });
  client->connect();
  const auto counted = [&] {
    return scene.gateway.metric(
               "photon_gateway_sessions_rejected_total{listener=\"test\",reason=\"access\"}") > 0;
  };
  EXPECT_TRUE(client->run_until(counted, patience)) << metrics(scene.gateway);
  EXPECT_EQ(answers, 0u);
}

TEST(Limits, ADeniedAddressIsClosedAtAcceptOnStreams) {
  for (const Scheme scheme : {Scheme::tcp, Scheme::ws}) {
    StreamScene scene(scheme, {}, "access: { allow: [\"10.0.0.0/8\"] }\n");
    const auto client = scene.client();
    client->connect();
    EXPECT_TRUE(client->run_until([&] { return client->ended(); }, patience));
    EXPECT_THAT(metrics(scene.gateway),
                HasSubstr("photon_gateway_sessions_rejected_total{listener=\"test\",reason=\"access\"} 1"));
  }
}

}  // namespace
}  // namespace gateway::test
