// How connections begin badly and how they end, over real sockets: everybody is told, in time.

#include <array>
#include <signal.h>

#include <gtest/gtest.h>

#include "end_to_end/gateway_process.h"

namespace gateway::test {
namespace {

using Kind = ClientEvent::Kind;

const ClientEvent* told(PhotonSocketClient& client, Duration limit = patience) {
  client.run_until([&] { return client.client().last(Kind::disconnected) != nullptr; }, limit);
  return client.client().last(Kind::disconnected);
}

/// What a client hears that connects to such a server.
ClientEvent told_by(const TestServerOptions& server, const std::string& config = "") {
  Scene scene(server, config);
  const auto client = scene.client();
  client->connect();
  const ClientEvent* const event = told(*client);
  EXPECT_NE(event, nullptr) << "the client was never told";
  return event == nullptr ? ClientEvent{} : *event;
}

TEST(Ends, TheFirstDatagramAfterTheHandshakeIsLostAndTheClientGetsIn) {
  Scene scene;
  const auto client = scene.client();
  int sent = 0;
  client->lose([&](Bytes) { return ++sent == 2; });  // Connect is the first, Ack and Init the second
  client->connect();
  EXPECT_TRUE(client->run_until([&] { return client->client().initialised(); }, patience));
}

TEST(Ends, RefusalsOfTheServerKeepTheirReason) {
  for (const Greeting greeting : {Greeting::refuse_connect, Greeting::refuse_init}) {
    for (const std::uint8_t reason : std::to_array<std::uint8_t>({1, 3})) {
      const ClientEvent event = told_by({.greeting = greeting, .refuse_code = reason});
      EXPECT_EQ(event.status, ClientEvent::Status::by_server);
      EXPECT_EQ(event.reason, reason);
    }
  }
}

TEST(Ends, ASilentServerIsTold) {
  const ClientEvent event = told_by({.greeting = Greeting::silent}, "timeouts: { connect: 1s }\n");
  EXPECT_EQ(event.status, ClientEvent::Status::by_server);
  EXPECT_EQ(event.reason, 2);
}

TEST(Ends, AServerWithoutInitResponseIsTold) {
  const ClientEvent event =
      told_by({.greeting = Greeting::no_init_response}, "timeouts: { connect: 1s, init: 2s }\n");
  EXPECT_EQ(event.status, ClientEvent::Status::by_server);
  EXPECT_EQ(event.reason, 2);
}

TEST(Ends, APortWhereNobodyListensIsTold) {
  GatewayProcess gateway({{free_udp_port()}, "timeouts: { connect: 1s }\n"});
  PhotonSocketClient client(generation_4_1_8, {}, "127.0.0.1", gateway.port());
  client.connect();
  const ClientEvent* const event = told(client);
  ASSERT_NE(event, nullptr);
  EXPECT_EQ(event->reason, 2);
}

TEST(Ends, AKickReachesTheClientWithItsReason) {
  Scene scene;
  for (const std::uint8_t reason : std::to_array<std::uint8_t>({1, 2, 3, 4})) {
    const auto client = scene.encrypted();
    ASSERT_TRUE(send(*client, Operation::kick, reason, {}, true));
    const ClientEvent* const event = told(*client);
    ASSERT_NE(event, nullptr);
    EXPECT_EQ(event->reason, reason);
  }
}

TEST(Ends, AClientThatLeavesLeavesTheServerToo) {
  Scene scene;
  const auto client = scene.connected();
  client->client().disconnect(client->now());
  client->run_for(milliseconds(100));
  EXPECT_TRUE(scene.server.wait_until([](const TestServer& server) { return !server.ended().empty(); }));
  scene.server.with([](TestServer& server, TimePoint) {
    ASSERT_FALSE(server.ended().empty());
    EXPECT_EQ(server.ended().front().reason.cause, transport::Cause::peer);
  });
}

TEST(Ends, SigintTellsEveryClientAndTheProgramEndsWithZero) {
  Scene scene;
  const auto first = scene.encrypted();
  const auto second = scene.connected();
  scene.gateway.process().signal(SIGINT);
  EXPECT_TRUE(run_together(
      {first.get(), second.get()},
      [&] {
        return first->client().last(Kind::disconnected) != nullptr &&
               second->client().last(Kind::disconnected) != nullptr;
      },
      patience));
  EXPECT_EQ(first->client().last(Kind::disconnected)->status, ClientEvent::Status::by_server);
  EXPECT_EQ(scene.gateway.process().wait(patience), 0) << scene.gateway.process().output();
}

}  // namespace
}  // namespace gateway::test
