// Pools of several servers: which one a session gets, and what happens when one dies, drains or comes back.

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/stream_scene.h"

namespace gateway::test {
namespace {

using Kind = ClientEvent::Kind;
using Scheme = GatewayProcess::Scheme;
using Clients = std::vector<std::unique_ptr<PhotonSocketClient>>;

const std::string quick = "health_check: { interval: 200ms, timeout: 200ms, rise: 1, fall: 2 }";

std::unique_ptr<PhotonSocketClient> client_of(const GatewayProcess& gateway) {
  static std::uint64_t next_seed = 1;
  return std::make_unique<PhotonSocketClient>(generation_4_1_8, PhotonClient::Config{.seed = next_seed++},
                                              "127.0.0.1", gateway.port());
}

/// One that is past InitResponse.
std::unique_ptr<PhotonSocketClient> connected(const GatewayProcess& gateway) {
  auto client = client_of(gateway);
  client->connect();
  EXPECT_TRUE(client->run_until([&] { return client->client().initialised(); }, patience));
  return client;
}

Clients several(const GatewayProcess& gateway, int count) {
  Clients clients;
  for (int i = 0; i < count; ++i) clients.push_back(connected(gateway));
  return clients;
}

std::size_t told(const Clients& clients) {
  return static_cast<std::size_t>(std::ranges::count_if(
      clients, [](const auto& client) { return client->client().last(Kind::disconnected) != nullptr; }));
}

std::vector<PhotonSocketClient*> all(const Clients& clients) {
  std::vector<PhotonSocketClient*> pointers;
  for (const auto& client : clients) pointers.push_back(client.get());
  return pointers;
}

/// What /upstreams says of a server of the only pool.
boost::json::object page_of(const GatewayProcess& gateway, std::size_t server) {
  const boost::json::value page = boost::json::parse(http_get(gateway.admin_port(), "/upstreams").body);
  return page.at("upstreams").at(0).at("servers").at(server).as_object();
}

int sessions_of(const GatewayProcess& gateway, std::size_t server) {
  return page_of(gateway, server).at("sessions").to_number<int>();
}

bool logs(GatewayProcess& gateway, const std::string& line) {
  return gateway.process().wait_for_output(line, patience);
}

TEST(Upstreams, SessionsAreSpreadEvenlyOverTheServersWhateverShardHasThem) {
  TestServerSocket one;
  TestServerSocket two;
  GatewayProcess gateway({.servers = {one.port(), two.port()}, .more = "threads: 3\n"});
  const Clients clients = several(gateway, 8);
  EXPECT_EQ(sessions_of(gateway, 0), 4);
  EXPECT_EQ(sessions_of(gateway, 1), 4);
  EXPECT_EQ(one.with([](TestServer& seen, TimePoint) { return seen.peer_count(); }), 4U);
}

TEST(Upstreams, AServerThatDiesUnderLoadIsLeftAndComesBack) {
  auto dying = std::make_unique<TestServerSocket>();
  TestServerSocket staying;
  const std::uint16_t port = dying->port();
  GatewayProcess gateway({.servers = {port, staying.port()}, .upstream = {quick}});
  const Clients clients = several(gateway, 6);
  const auto load = [&] {
    for (const auto& client : clients) {
      if (!client->client().last(Kind::disconnected)) send(*client, Operation::echo, 0, Bytes{}, false);
    }
  };
  load();
  dying.reset();
  load();
  EXPECT_TRUE(run_together(
      all(clients), [&] { return told(clients) == 3; }, patience));
  for (const auto& client : clients) {
    const ClientEvent* const event = client->client().last(Kind::disconnected);
    if (event != nullptr) {
      EXPECT_EQ(event->reason, 2);
    }
  }
  EXPECT_TRUE(run_together(
      all(clients), [&] { return sessions_of(gateway, 0) == 0; }, patience));
  const Clients late = several(gateway, 3);
  EXPECT_EQ(sessions_of(gateway, 1), 6);
  EXPECT_TRUE(logs(gateway, "server down upstream=test server=udp://127.0.0.1:" + std::to_string(port)));
  EXPECT_FALSE(page_of(gateway, 0).at("up").as_bool());
  EXPECT_TRUE(page_of(gateway, 1).at("up").as_bool());

  TestServerSocket back({}, port);
  EXPECT_TRUE(logs(gateway, "server up upstream=test server=udp://127.0.0.1:" + std::to_string(port)));
  const Clients again = several(gateway, 2);
  EXPECT_EQ(sessions_of(gateway, 0), 2);
}

TEST(Upstreams, AClientThatLeavesAtOnceDoesNotTakeItsServerDown) {
  TestServerSocket server;
  GatewayProcess gateway({.servers = {server.port()}, .upstream = {"health_check: { fall: 1 }"}});
  for (int i = 0; i < 5; ++i) {
    const auto client = client_of(gateway);
    client->connect();
    client->run_for(milliseconds(5 * i));
    client->client().disconnect(client->now());
    client->run_for(milliseconds(20));
  }
  EXPECT_TRUE(page_of(gateway, 0).at("up").as_bool());
  EXPECT_EQ(page_of(gateway, 0).at("connects").at("failed").to_number<int>(), 0);
}

TEST(Upstreams, AServerThatIgnoresProbesServesWhenItIsTheOnlyOne) {
  auto silent = std::make_unique<TestServerSocket>(TestServerOptions{.greeting = Greeting::silent});
  const std::uint16_t port = silent->port();
  // Once down it stays so, whatever answers later.
  GatewayProcess gateway(
      {.servers = {port},
       .upstream = {"health_check: { interval: 100ms, timeout: 100ms, rise: 1000, fall: 1 }"}});
  EXPECT_TRUE(logs(gateway, "server down"));
  silent.reset();
  TestServerSocket server({}, port);
  const auto client = connected(gateway);
  EXPECT_FALSE(page_of(gateway, 0).at("up").as_bool());
}

TEST(Upstreams, DrainingAndDisabledServersGetNoSessionsEvenWhenTheActiveOneDies) {
  auto active = std::make_unique<TestServerSocket>();
  TestServerSocket draining;
  TestServerSocket disabled;
  GatewayProcess gateway({.servers = {draining.port(), active->port(), disabled.port()},
                          .more = "timeouts: { connect: 1s }\n",
                          .upstream = {quick},
                          .states = {"draining", "active", "disabled"}});
  {
    const Clients clients = several(gateway, 3);
    EXPECT_EQ(sessions_of(gateway, 1), 3);
  }
  active.reset();
  const auto client = client_of(gateway);
  client->connect();
  client->run_until([&] { return client->client().last(Kind::disconnected) != nullptr; }, patience);
  ASSERT_NE(client->client().last(Kind::disconnected), nullptr);
  EXPECT_EQ(client->client().last(Kind::disconnected)->reason, 2);
  EXPECT_EQ(page_of(gateway, 0).at("connects").at("ok").to_number<int>(), 0);
  EXPECT_EQ(page_of(gateway, 2).at("connects").at("ok").to_number<int>(), 0);
  EXPECT_EQ(page_of(gateway, 2).at("probes").at("ok").to_number<int>(), 0);
  EXPECT_EQ(page_of(gateway, 0).at("state").as_string(), "draining");
}

TEST(Upstreams, WithoutAnActiveServerTheLogWarnsAndClientsAreToldThatTheServerIsFull) {
  TestServerSocket server;
  GatewayProcess gateway({.servers = {server.port()}, .states = {"draining"}});
  EXPECT_TRUE(logs(gateway, "no active server upstream=test"));
  const auto client = client_of(gateway);
  client->connect();
  client->run_until([&] { return client->client().last(Kind::disconnected) != nullptr; }, patience);
  ASSERT_NE(client->client().last(Kind::disconnected), nullptr);
  EXPECT_EQ(client->client().last(Kind::disconnected)->reason, 3);
}

TEST(Upstreams, AServerOverTcpThatDiesIsLeftAndComesBack) {
  auto dying = std::make_unique<TestStreamServerSocket>();
  TestStreamServerSocket staying;
  const std::uint16_t port = dying->port();
  GatewayProcess gateway({.servers = {port, staying.port()}, .scheme = Scheme::tcp, .upstream = {quick}});
  const auto enters = [&gateway] {
    auto client = std::make_unique<StreamSocketClient>(generation_4_1_8, PhotonStreamClient::Config{},
                                                       StreamSocketClient::Options{.port = gateway.port()});
    client->connect();
    EXPECT_TRUE(client->run_until([&] { return client->client().initialised(); }, patience));
    return client;
  };
  const auto one = enters();
  const auto two = enters();
  EXPECT_EQ(sessions_of(gateway, 0), 1);
  dying->reset_all();
  dying.reset();
  EXPECT_TRUE(logs(gateway, "server down upstream=test server=tcp://127.0.0.1:" + std::to_string(port)));
  EXPECT_TRUE(one->run_until([&] { return one->ended(); }, milliseconds(500)) ||
              two->run_until([&] { return two->ended(); }, patience));
  const auto late = enters();
  EXPECT_EQ(sessions_of(gateway, 1), 2);

  TestStreamServerSocket back({}, port);
  EXPECT_TRUE(logs(gateway, "server up upstream=test server=tcp://127.0.0.1:" + std::to_string(port)));
  const auto again = enters();
  EXPECT_EQ(sessions_of(gateway, 0), 1);
}

TEST(Upstreams, AServerCanBeNamed) {
  TestServerSocket server;
  GatewayProcess gateway({.servers = {server.port()}, .host = "localhost"});
  const auto client = connected(gateway);
  EXPECT_EQ(page_of(gateway, 0).at("server").as_string(), "udp://localhost:" + std::to_string(server.port()));
  client->client().disconnect(client->now());
  client->run_for(milliseconds(50));
  EXPECT_EQ(gateway.stop(), 0) << gateway.process().output();
}

}  // namespace
}  // namespace gateway::test
