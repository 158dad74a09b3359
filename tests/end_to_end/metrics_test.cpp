// What /metrics says of sessions that were: the program counts what its clients did.
#include <sstream>

#include <gtest/gtest.h>

#include "end_to_end/gateway_process.h"
#include "end_to_end/stream_scene.h"

namespace gateway::test {
namespace {

constexpr auto never_asked_sealed = static_cast<Operation>(50);  // and so answered in the clear

/// The sum of all series that begin like this.
double sum_of(const GatewayProcess& gateway, const std::string& beginning, const std::string& with = "") {
  std::istringstream lines(http_get(gateway.admin_port(), "/metrics").body);
  double sum = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(beginning) || line.find(with) == std::string::npos) continue;
    sum += std::stod(line.substr(line.rfind(' ')));
  }
  return sum;
}

/// Until the metric has this value: a session's end reaches the counters after its client.
bool becomes(const GatewayProcess& gateway, const std::string& beginning, double value) {
  const TimePoint limit = std::chrono::steady_clock::now() + patience;
  while (sum_of(gateway, beginning) != value) {
    if (std::chrono::steady_clock::now() > limit) return false;
  }
  return true;
}

TEST(Metrics, TimeEveryMessageAndEverySessionOfUdp) {
  Scene scene;
  auto client = scene.encrypted();
  constexpr int asked = 20;
  for (int i = 0; i < asked; ++i) ASSERT_NE(ask(*client, Operation::echo, 1, {}, true), nullptr);
  ASSERT_NE(ask(*client, never_asked_sealed, 1, {}, false), nullptr);

  const std::string messages = "photon_gateway_messages_total";
  EXPECT_EQ(sum_of(scene.gateway, messages + R"({direction="to_server",kind="operation",encrypted="true")"),
            asked);
  EXPECT_EQ(sum_of(scene.gateway, messages + R"({direction="to_client",kind="response",encrypted="true")"),
            asked);
  EXPECT_EQ(sum_of(scene.gateway, messages + R"({direction="to_client",kind="response",encrypted="false")"),
            1);
  for (const std::string direction : {"to_server", "to_client"}) {
    for (const std::string encrypted : {"true", "false"}) {
      const std::string by = "{direction=\"" + direction + "\"";
      EXPECT_EQ(sum_of(scene.gateway, "photon_gateway_forward_duration_seconds_count" + by, encrypted),
                sum_of(scene.gateway, messages + by, encrypted))
          << direction << encrypted;
    }
  }
  EXPECT_EQ(sum_of(scene.gateway, "photon_gateway_handshake_duration_seconds_count"), 1);
  for (const char* side : {"downstream", "upstream"}) {
    EXPECT_GE(sum_of(scene.gateway, "photon_gateway_rtt_seconds_count", side), asked) << side;
    EXPECT_GT(sum_of(scene.gateway, "photon_gateway_rtt_seconds_sum", side), 0) << side;
  }
  EXPECT_GT(sum_of(scene.gateway, "photon_gateway_event_loop_lag_seconds_count"), 0);
  EXPECT_EQ(sum_of(scene.gateway, "photon_gateway_ready"), 1);

  client->client().disconnect(client->now());
  client->run_for(milliseconds(20));
  EXPECT_TRUE(becomes(scene.gateway, "photon_gateway_session_duration_seconds_count", 1));
  EXPECT_GT(sum_of(scene.gateway, "photon_gateway_session_duration_seconds_sum"), 0);
}

TEST(Metrics, TimeEveryMessageOfWebSocketsAndTellWhenTheCertificateEnds) {
  StreamScene scene(StreamScene::Scheme::wss);
  auto client = scene.connected();
  constexpr int asked = 5;
  for (int i = 0; i < asked; ++i) ASSERT_NE(ask(*client, Operation::echo, 1, {}, false), nullptr);
  EXPECT_EQ(sum_of(scene.gateway, "photon_gateway_messages_total", "kind=\"response\""), asked);
  EXPECT_EQ(sum_of(scene.gateway, "photon_gateway_forward_duration_seconds_count"),
            sum_of(scene.gateway, "photon_gateway_messages_total"));
  const auto now = static_cast<double>(std::time(nullptr));
  const double ends = sum_of(scene.gateway, "photon_gateway_tls_certificate_not_after_timestamp_seconds");
  EXPECT_GT(ends, now);
  EXPECT_LT(ends, now + 2 * 24 * 3600);
}

}  // namespace
}  // namespace gateway::test
