// SIGTERM: the gateway announces its end, lets its sessions end, and tells those that don't. And what the
// service manager hears of it.

#include <chrono>
#include <cstdlib>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/balanced_scene.h"
#include "end_to_end/stream_scene.h"
#include "support/loopback.h"
#include "support/service_manager.h"

namespace gateway::test {
namespace {

using Kind = ClientEvent::Kind;
using Scheme = GatewayProcess::Scheme;
using testing::HasSubstr;

const std::string unhurried = "drain: { announce: 0s, deadline: 1m }\n";

bool told(PhotonSocketClient& client) {
  return client.run_until([&] { return client.client().last(Kind::disconnected) != nullptr; }, patience);
}

void leave(PhotonSocketClient& client) {
  client.client().disconnect(client.now());
  client.run_for(milliseconds(50));
}

int ready(const GatewayProcess& gateway) {
  return http_get(gateway.admin_port(), "/readyz").status;
}

bool reaches(GatewayProcess& gateway, const std::string& phase) {
  return gateway.process().wait_for_output("draining phase=" + phase, patience);
}

TEST(Drain, WithoutSessionsEndsWithZero) {
  Scene scene({}, unhurried);
  scene.gateway.process().signal(SIGTERM);
  EXPECT_EQ(scene.gateway.process().wait(patience), 0);
}

TEST(Drain, IsNotReadyWhileItAnnouncesAndAcceptsEverything) {
  Scene scene({}, "drain: { announce: 3s, deadline: 1m }\n");
  EXPECT_EQ(scene.gateway.metric("photon_gateway_draining"), 0);
  scene.gateway.process().signal(SIGTERM);
  ASSERT_TRUE(scene.gateway.process().wait_for_output("draining signal=SIGTERM", patience));
  EXPECT_EQ(ready(scene.gateway), 503);
  EXPECT_EQ(http_get(scene.gateway.admin_port(), "/livez").status, 200);
  EXPECT_EQ(scene.gateway.metric("photon_gateway_draining"), 1);
  const auto client = scene.connected();
  ASSERT_TRUE(reaches(scene.gateway, "refusing sessions=1"));
  EXPECT_NE(ask(*client, Operation::echo, 0, Bytes{}, false), nullptr) << "and it plays on";
  leave(*client);
  EXPECT_EQ(scene.gateway.process().wait(patience), 0);
}

TEST(Drain, RefusesStrangersAndAdmitsWhoWasHereLately) {
  TestServerSocket server;
  const std::string port = std::to_string(free_udp_port());
  const std::string links =
      "listeners:\n  - { name: four, listen: \"udp://127.0.0.1:" + port +
      "\", upstream: a }\n  - { name: six, listen: \"udp://[::1]:" + port +
      "\", upstream: a }\nupstreams:\n  a: { servers: [\"udp://127.0.0.1:" + std::to_string(server.port()) +
      "\"], health_check: off }\n";
  GatewayProcess gateway({.servers = {}, .more = unhurried, .links = links});
  const auto number = static_cast<std::uint16_t>(std::stoi(port));
  const auto client_at = [&](const std::string& host) {
    static std::uint64_t next_seed = 1;
    auto client = std::make_unique<PhotonSocketClient>(
        generation_4_1_8, PhotonClient::Config{.seed = next_seed++}, host, number);
    client->connect();
    return client;
  };
  const auto enters = [](PhotonSocketClient& client) {
    return client.run_until([&] { return client.client().initialised(); }, patience);
  };
  const auto here = client_at("127.0.0.1");
  ASSERT_TRUE(enters(*here));
  gateway.process().signal(SIGTERM);
  ASSERT_TRUE(reaches(gateway, "refusing sessions=1"));

  const auto stranger = client_at("::1");
  ASSERT_TRUE(told(*stranger));
  EXPECT_EQ(stranger->client().last(Kind::disconnected)->reason, 3);
  EXPECT_GE(gateway.metric("photon_gateway_sessions_rejected_total{listener=\"six\",reason=\"draining\"}"),
            1);
  const auto again = client_at("127.0.0.1");
  EXPECT_TRUE(enters(*again)) << "the same address";
  leave(*here);
  leave(*again);
  EXPECT_EQ(gateway.process().wait(patience), 0);
}

/// True when a connection from 127.0.0.2 to the port is closed without a word.
bool is_turned_away(std::uint16_t port) {
  const int stranger = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in here = loopback(0);
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
  const sockaddr_in there = loopback(port);
  EXPECT_EQ(::bind(stranger, reinterpret_cast<const sockaddr*>(&here), sizeof here), 0);
  EXPECT_EQ(::connect(stranger, reinterpret_cast<const sockaddr*>(&there), sizeof there), 0);
  pollfd closed{.fd = stranger, .events = POLLIN, .revents = 0};
  char byte = 0;
  const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(patience).count();
  const bool turned_away =
      ::poll(&closed, 1, static_cast<int>(limit)) == 1 && ::recv(stranger, &byte, 1, 0) <= 0;
  ::close(stranger);
  return turned_away;
}

TEST(Drain, TurnsStrangersAwayOnStreamsAndAdmitsWhoWasHereLately) {
  for (const Scheme scheme : {Scheme::tcp, Scheme::ws, Scheme::wss}) {
    SCOPED_TRACE(net::name(scheme));
    StreamScene scene(scheme, {}, unhurried);
    const auto here = scene.connected();
    scene.gateway.process().signal(SIGTERM);
    ASSERT_TRUE(reaches(scene.gateway, "refusing sessions=1"));
    EXPECT_TRUE(is_turned_away(scene.gateway.port()));
    EXPECT_EQ(
        scene.gateway.metric("photon_gateway_sessions_rejected_total{listener=\"test\",reason=\"draining\"}"),
        1);
    EXPECT_TRUE(scene.connected()->client().initialised()) << "the same address";
  }
}

TEST(Drain, SessionsOnStreamsAreToldAtTheDeadlineToo) {
  for (const Scheme scheme : {Scheme::tcp, Scheme::ws}) {
    StreamScene scene(scheme, {}, "drain: { announce: 0s, deadline: 3s }\n");
    const auto client = scene.connected();
    scene.gateway.process().signal(SIGTERM);
    ASSERT_TRUE(reaches(scene.gateway, "refusing sessions=1"));
    EXPECT_TRUE(client->run_until([&] { return client->ended(); }, patience));
    EXPECT_EQ(scene.gateway.process().wait(patience), 1);
  }
}

TEST(Drain, SessionsLeftAtTheDeadlineAreToldAndTheProgramEndsWithOne) {
  Scene scene({}, "drain: { announce: 0s, deadline: 500ms }\n");
  const auto first = scene.encrypted();
  const auto second = scene.connected();
  scene.gateway.process().signal(SIGTERM);
  EXPECT_TRUE(run_together(
      std::vector{first.get(), second.get()},
      [&] {
        return first->client().last(Kind::disconnected) != nullptr &&
               second->client().last(Kind::disconnected) != nullptr;
      },
      patience));
  EXPECT_EQ(first->client().last(Kind::disconnected)->reason, 1);
  EXPECT_EQ(scene.gateway.process().wait(patience), 1);
  EXPECT_THAT(scene.gateway.process().output(), HasSubstr("draining phase=ending sessions=2"));
}

TEST(Drain, ASecondSigtermTellsAllAtOnce) {
  Scene scene;  // with the defaults, which take minutes
  const auto client = scene.connected();
  scene.gateway.process().signal(SIGTERM);
  ASSERT_TRUE(scene.gateway.process().wait_for_output("draining signal=SIGTERM", patience));
  EXPECT_NE(ask(*client, Operation::echo, 0, Bytes{}, false), nullptr);
  scene.gateway.process().signal(SIGTERM);
  EXPECT_TRUE(told(*client));
  EXPECT_EQ(scene.gateway.process().wait(patience), 1);
}

TEST(Drain, SigintEndsItWithZero) {
  Scene scene({}, unhurried);
  const auto client = scene.connected();
  scene.gateway.process().signal(SIGTERM);
  ASSERT_TRUE(reaches(scene.gateway, "refusing"));
  scene.gateway.process().signal(SIGINT);
  EXPECT_TRUE(told(*client));
  EXPECT_EQ(scene.gateway.process().wait(patience), 0);
}

TEST(Drain, ReloadsNothingMeanwhile) {
  Scene scene({}, unhurried);
  const auto client = scene.connected();
  scene.gateway.process().signal(SIGTERM);
  ASSERT_TRUE(reaches(scene.gateway, "refusing"));
  scene.gateway.process().signal(SIGHUP);
  EXPECT_TRUE(scene.gateway.process().wait_for_output("reload refused: the gateway drains", patience));
  EXPECT_EQ(scene.gateway.metric("photon_gateway_config_reloads_total{result=\"refused\"}"), 1);
  EXPECT_EQ(scene.gateway.metric("photon_gateway_config_reloads_total{result=\"failed\"}"), 0);
  EXPECT_EQ(scene.gateway.metric("photon_gateway_config_last_reload_successful"), 1);
  leave(*client);
  EXPECT_EQ(scene.gateway.process().wait(patience), 0);
}

/// It would have announced for an hour.
TEST(Drain, GoesAsTheLastReloadBeforeItSays) {
  Scene scene({}, "drain: { announce: 1h, deadline: 2h }\n");
  const auto client = scene.connected();
  ASSERT_TRUE(scene.gateway.reload({.servers = {scene.server.port()},
                                    .more = "drain: { announce: 0s, deadline: 500ms }\n",
                                    .upstream = {"health_check: off"}}));
  scene.gateway.process().signal(SIGTERM);
  ASSERT_TRUE(reaches(scene.gateway, "refusing sessions=1"));
  EXPECT_TRUE(told(*client));
  EXPECT_EQ(client->client().last(Kind::disconnected)->reason, 1);
  EXPECT_EQ(scene.gateway.process().wait(patience), 1);
}

TEST(Drain, APlayerWhoIsBeingRedirectedGetsIntoItsRoom) {
  for (const Scheme scheme : {Scheme::udp, Scheme::tcp, Scheme::ws}) {
    BalancedScene::Options how;
    how.more = unhurried;
    BalancedScene scene(scheme, how);
    PlayerOptions wanted;
    wanted.entry = PlayerOptions::Entry::create;
    const auto player = scene.player(wanted);
    ASSERT_TRUE(play_together(
        {player.get()}, [&] { return scene.sessions("name") == 1; }, patience));
    scene.gateway.process().signal(SIGTERM);
    ASSERT_TRUE(reaches(scene.gateway, "refusing"));
    ASSERT_TRUE(play_together(
        {player.get()}, [&] { return player->player().done(); }, patience));
    EXPECT_TRUE(player->player().in_room()) << player->player().refusal();
    EXPECT_EQ(ready(scene.gateway), 503);
  }
}

/// A service manager that watches the program.
class Manager {
 public:
  Manager() { setenv("WATCHDOG_USEC", "400000", 1); }

  /// Waits for a message that begins with this; those before it are forgotten.
  bool hears(std::string_view text) const {
    for (int i = 0; i < 1000; ++i) {
      const std::string heard = manager_.heard(patience);
      if (heard.empty()) return false;
      if (heard.starts_with(text)) return true;
    }
    return false;
  }

 private:
  const ServiceManager manager_;
};

TEST(ServiceManager, HearsOfStartReloadAndEndAndThatEveryShardTurns) {
  Manager manager;
  Scene scene({}, "drain: { announce: 0s, deadline: 1m }\nthreads: 3\n");
  EXPECT_TRUE(manager.hears("READY=1"));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(manager.hears("WATCHDOG=1")) << "idle as the shards are";
  EXPECT_TRUE(scene.gateway.reload());
  EXPECT_TRUE(manager.hears("RELOADING=1"));
  EXPECT_TRUE(manager.hears("READY=1"));
  scene.gateway.process().signal(SIGTERM);
  EXPECT_TRUE(manager.hears("STOPPING=1"));
  EXPECT_EQ(scene.gateway.process().wait(patience), 0);
}

}  // namespace
}  // namespace gateway::test
