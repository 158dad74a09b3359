// What the gateway refuses for its own sake, over real sockets.

#include <array>
#include <csignal>
#include <sys/socket.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/stream_scene.h"
#include "support/loopback.h"
#include "wire/command.h"
#include "wire/datagram.h"

namespace gateway::test {
namespace {

using testing::HasSubstr;
using Scheme = GatewayProcess::Scheme;

std::string metrics(const GatewayProcess& gateway) {
  return http_get(gateway.admin_port(), "/metrics").body;
}

std::uint64_t rejected(const GatewayProcess& gateway, const std::string& reason) {
  return metric(gateway,
                "photon_gateway_sessions_rejected_total{listener=\"test\",reason=\"" + reason + "\"}");
}

/// What is said to a client that isn't let in.
ClientEvent refused(PhotonSocketClient& client) {
  client.connect();
  client.run_until([&] { return client.client().last(ClientEvent::Kind::disconnected) != nullptr; },
                   patience);
  const ClientEvent* const event = client.client().last(ClientEvent::Kind::disconnected);
  EXPECT_NE(event, nullptr) << "the client was never told";
  return event == nullptr ? ClientEvent{} : *event;
}

/// As many Connects from one address, of clients that are never heard of again.
void send_connects(std::uint16_t port, std::uint32_t count) {
  const int socket = bound_socket(SOCK_DGRAM | SOCK_NONBLOCK, 0).first;
  const sockaddr_in to = loopback(port);
  ASSERT_EQ(::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
  std::array<std::uint8_t, 100> datagram{};
  for (std::uint32_t i = 0; i < count; ++i) {
    wire::DatagramWriter out(datagram, {.peer = wire::peer_unassigned, .challenge = i});
    wire::Command connect{.type = wire::CommandType::connect, .channel = 0xFF, .reliable_seq = 1};
    connect.connect = {.peer = wire::peer_unassigned, .mtu = 1200, .channels = 2};
    wire::write_command(out.commands(), connect);
    out.count_command();
    ::send(socket, datagram.data(), out.finish(), 0);
  }
  ::close(socket);
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

TEST(Limits, OneMoreThanSessionsIsToldSoOnUdp) {
  Scene scene({}, "limits: { sessions: 1 }\n");
  const auto first = scene.connected();
  const ClientEvent event = refused(*scene.client());
  EXPECT_EQ(event.status, ClientEvent::Status::by_server);
  EXPECT_EQ(event.reason, 3);
  EXPECT_GE(rejected(scene.gateway, "sessions"), 1U);
  EXPECT_NE(ask(*first, Operation::echo, 0, {}, false), nullptr);
}

/// Two sessions are as many as one address may have of three: beyond half of them its own limit holds.
TEST(Limits, OneMoreThanSessionsPerAddressIsToldSoOnUdp) {
  Scene scene({}, "limits: { sessions: 3, sessions_per_address: 1, exempt: [] }\n");
  const auto first = scene.connected();
  const auto second = scene.connected();
  const ClientEvent event = refused(*scene.client());
  EXPECT_EQ(event.status, ClientEvent::Status::by_server);
  EXPECT_EQ(event.reason, 3);
  EXPECT_GE(rejected(scene.gateway, "sessions_per_address"), 1U);
  EXPECT_EQ(rejected(scene.gateway, "sessions"), 0U);
}

TEST(Limits, OneMoreThanSessionsIsClosedAtAcceptOnStreams) {
  for (const Scheme scheme : {Scheme::tcp, Scheme::ws}) {
    StreamScene scene(scheme, {}, "limits: { sessions: 1 }\n");
    const auto first = scene.connected();
    const auto client = scene.client();
    client->connect();
    EXPECT_TRUE(client->run_until([&] { return client->ended(); }, patience));
    EXPECT_EQ(rejected(scene.gateway, "sessions"), 1U);
    EXPECT_NE(ask(*first, Operation::echo, 0, {}, false), nullptr);
  }
}

TEST(Limits, OneMoreThanSessionsPerAddressIsClosedAtAcceptOnStreams) {
  for (const Scheme scheme : {Scheme::tcp, Scheme::ws}) {
    StreamScene scene(scheme, {}, "limits: { sessions: 3, sessions_per_address: 1, exempt: [] }\n");
    const auto first = scene.connected();
    const auto second = scene.connected();
    const auto client = scene.client();
    client->connect();
    EXPECT_TRUE(client->run_until([&] { return client->ended(); }, patience));
    EXPECT_EQ(rejected(scene.gateway, "sessions_per_address"), 1U);
    EXPECT_EQ(rejected(scene.gateway, "sessions"), 0U);
  }
}

/// The program stands still while they come, so that it finds more of them than it answers at once.
TEST(Limits, ConnectsThatComeFasterThanTheyAreAnsweredAreCountedAsBacklog) {
  Scene scene({}, "threads: 1\n");
  const auto honest = scene.connected();
  EXPECT_EQ(rejected(scene.gateway, "backlog"), 0U);
  scene.gateway.process().signal(SIGSTOP);
  send_connects(scene.gateway.port(), 1000);
  scene.gateway.process().signal(SIGCONT);
  EXPECT_TRUE(honest->run_until([&] { return rejected(scene.gateway, "backlog") > 0; }, patience))
      << metrics(scene.gateway);
  EXPECT_NE(ask(*honest, Operation::echo, 0, {}, false), nullptr);
}

}  // namespace
}  // namespace gateway::test
