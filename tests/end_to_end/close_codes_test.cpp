// How a WebSocket's farewell passes through the built program.

#include <gtest/gtest.h>

#include "end_to_end/stream_scene.h"

namespace gateway::test {
namespace {

using Scheme = GatewayProcess::Scheme;

// 1005 is never written: it stands for a close frame without a code, as browsers send it.
class CloseCodes : public testing::TestWithParam<std::uint16_t> {};
INSTANTIATE_TEST_SUITE_P(Codes, CloseCodes, testing::Values(1000, 1001, 1005, 4001));

TEST_P(CloseCodes, OfTheClientReachTheServer) {
  StreamScene scene(Scheme::ws);
  const auto client = scene.connected();
  client->close(GetParam());
  ASSERT_TRUE(client->run_until([&] { return client->ended(); }, patience));
  ASSERT_TRUE(scene.server.wait_until([](const TestServer& server) { return !server.ended().empty(); }));
  scene.server.with([](TestServer& server, TimePoint) {
    EXPECT_EQ(server.ended().front().reason.cause, transport::Cause::peer);
    EXPECT_EQ(server.ended().front().reason.code, GetParam());
  });
  scene.expect_clean(*client);
}

TEST_P(CloseCodes, OfTheServerReachTheClient) {
  StreamScene scene(Scheme::ws);
  const auto client = scene.connected();
  scene.server.with([](TestServer& server, TimePoint now) { server.disconnect_all(now, GetParam()); });
  ASSERT_TRUE(client->run_until([&] { return client->ended(); }, patience));
  EXPECT_EQ(client->ending().close_code, GetParam());
  scene.expect_clean(*client);
}

}  // namespace
}  // namespace gateway::test
