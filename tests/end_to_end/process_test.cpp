// The program under failures of its surroundings: a port that is taken, closed descriptors, a server that
// goes, a clock that is stepped. Signals: signals_test.cpp; the log: failing_log_test.cpp.

#include <memory>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/stream_scene.h"
#include "support/loopback.h"
#include "support/sanitized.h"
#include "support/wall_clock.h"

namespace gateway::test {
namespace {

using testing::HasSubstr;
using Kind = ClientEvent::Kind;
using Scheme = GatewayProcess::Scheme;

bool told(PhotonSocketClient& client) {
  return client.run_until([&] { return client.client().last(Kind::disconnected) != nullptr; }, patience);
}

/// One that is past InitResponse.
std::unique_ptr<PhotonSocketClient> connected(const GatewayProcess& gateway) {
  static std::uint64_t next_seed = 1;
  auto client = std::make_unique<PhotonSocketClient>(
      generation_4_1_8, PhotonClient::Config{.seed = next_seed++}, "127.0.0.1", gateway.port());
  client->connect();
  EXPECT_TRUE(client->run_until([&] { return client->client().initialised(); }, patience));
  return client;
}

bool plays(PhotonSocketClient& client) {
  return ask(client, Operation::echo, 0, Bytes{}, false) != nullptr;
}

TEST(ProcessStart, AnAdminPortThatIsTakenIsNamedWithWhatToDo) {
  const auto [taken, port] = bound_socket(SOCK_STREAM, 0);
  ASSERT_EQ(::listen(taken, 1), 0);
  const std::string address = "http://127.0.0.1:" + std::to_string(port);
  const TemporaryFile config(".yaml", "version: 1\nlisteners:\n  - { name: a, listen: \"udp://127.0.0.1:" +
                                          std::to_string(free_udp_port()) +
                                          "\", upstream: a }\nupstreams:\n  a: { servers: "
                                          "[\"udp://127.0.0.1:1\"] }\nadmin: { listen: \"" +
                                          address + "\" }\n");
  const Finished finished = run({gateway_program(), "--config", config.path()});
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.output, HasSubstr("admin: cannot listen on " + address + ": Address already in use"));
  EXPECT_THAT(finished.output,
              HasSubstr("change admin.listen in the configuration file, or write admin: off"));
  ::close(taken);
}

TEST(ProcessStart, WithoutStandardDescriptorsItServes) {
  const TestServerSocket server;
  GatewayProcess gateway({.servers = {server.port()}, .launcher = through_shell({}, "<&- >&- 2>&-")});
  const auto client = connected(gateway);
  EXPECT_TRUE(plays(*client));
  EXPECT_EQ(gateway.stop(), 0);
}

TEST(LostServer, ThatComesBackTakesNewClientsOfUdp) {
  auto server = std::make_unique<TestServerSocket>();
  const std::uint16_t port = server->port();
  GatewayProcess gateway({.servers = {port}, .more = "timeouts: { connect: 1s }\n"});
  const auto first = connected(gateway);
  server.reset();
  send(*first, Operation::echo, 0, Bytes{}, false);
  EXPECT_TRUE(told(*first));
  PhotonSocketClient meanwhile(generation_4_1_8, {}, "127.0.0.1", gateway.port());
  meanwhile.connect();
  ASSERT_TRUE(told(meanwhile));
  EXPECT_EQ(meanwhile.client().last(Kind::disconnected)->reason, 2);
  server = std::make_unique<TestServerSocket>(TestServerOptions{}, port);
  EXPECT_TRUE(plays(*connected(gateway)));
}

TEST(LostServer, ThatComesBackTakesNewClientsOfTcp) {
  auto server = std::make_unique<TestStreamServerSocket>();
  const std::uint16_t port = server->port();
  GatewayProcess gateway({.servers = {port}, .scheme = Scheme::tcp});
  const auto client = [&] {
    auto made = std::make_unique<StreamSocketClient>(generation_4_1_8, PhotonStreamClient::Config{},
                                                     StreamSocketClient::Options{.port = gateway.port()});
    made->connect();
    made->run_until([&] { return made->client().initialised() || made->ended(); }, patience);
    return made;
  };
  const auto first = client();
  ASSERT_TRUE(first->client().initialised());
  server.reset();
  EXPECT_TRUE(first->run_until([&] { return first->ended(); }, patience));
  EXPECT_TRUE(client()->ended()) << "the server is gone";
  server = std::make_unique<TestStreamServerSocket>(TestStreamServerOptions{}, port);
  EXPECT_NE(ask(*client(), Operation::echo, 0, Bytes{}, false), nullptr);
}

TEST(WallClockSteps, ChangeTheTimeInTheLogAndNothingElse) {
  if (sanitized()) GTEST_SKIP() << "sanitizers stand between the program and the clock themselves";
  const TestServerSocket server;
  WallClock clock;
  GatewayProcess gateway(
      {.servers = {server.port()}, .more = "timeouts: { silence: 5s }\n", .launcher = clock.launcher()});
  const auto client = connected(gateway);
  for (const int years : {+50, -20}) {
    clock.step(years);
    for (int i = 0; i < 5; ++i) {  // timers of the whole range between a ping and the silence go by
      EXPECT_TRUE(plays(*client));
      client->run_for(milliseconds(100));
    }
    const auto late = connected(gateway);
    EXPECT_TRUE(plays(*late));
    late->client().disconnect(late->now());
    late->run_for(milliseconds(50));
    EXPECT_TRUE(gateway.process().wait_for_output("\n" + std::to_string(clock.year()) + "-", patience))
        << "the step didn't reach the program: " << gateway.process().output();
  }
  EXPECT_EQ(client->client().last(Kind::disconnected), nullptr);
  EXPECT_EQ(gateway.stop(), 0);
}

}  // namespace
}  // namespace gateway::test
