// The data path in this process, where a test can answer what a server's name means.
#include "net/gateway.h"

#include <atomic>

#include <gtest/gtest.h>

#include "net/address.h"
#include "support/photon_socket_client.h"
#include "support/test_server_socket.h"

namespace gateway::net {
namespace {

using test::ClientEvent;
using test::PhotonSocketClient;

constexpr Duration patience = seconds(20);

Address at(const std::string& ip, std::uint16_t port) {
  return *parse_address(ip, port);
}

/// One listener and one server, named game.test, which is 127.0.0.1 at the start.
Options options_for(std::uint16_t listen, std::uint16_t server) {
  Options options;
  options.listeners = {
      {.name = "test", .address = at("127.0.0.1", listen), .text = "udp://127.0.0.1", .tls = {}}};
  options.pools = {{.name = "test",
                    .servers = {{.address = at("127.0.0.1", server),
                                 .text = "udp://game.test:" + std::to_string(server),
                                 .host = "game.test"}}}};
  options.limits.sessions = 100;
  options.resolve_interval = milliseconds(5);
  return options;
}

bool enters(PhotonSocketClient& client) {
  client.connect();
  return client.run_until(
             [&] {
               return client.client().initialised() || client.client().last(ClientEvent::Kind::disconnected);
             },
             patience) &&
         client.client().initialised();
}

TEST(Gateway, WhenAServersNameMovesNewSessionsFollowAndOthersStay) {
  test::TestServerSocket server;
  const std::uint16_t port = test::free_udp_port();
  std::atomic<bool> moved = false;
  Gateway gateway(options_for(port, server.port()), [&](const std::string&, std::uint16_t its_port) {
    return Resolved{.addresses = {at(moved ? "127.0.0.2" : "127.0.0.1", its_port)}, .error = {}};
  });
  gateway.start();
  const auto changes = [&] { return gateway.pools()[0].servers[0].stats.address_changes.value(); };
  PhotonSocketClient before(test::generation_4_1_8, {.seed = 1}, "127.0.0.1", port);
  ASSERT_TRUE(enters(before));

  moved = true;
  ASSERT_TRUE(before.run_until([&] { return changes() == 1; }, patience));
  PhotonSocketClient after(test::generation_4_1_8, {.seed = 2}, "127.0.0.1", port);
  EXPECT_FALSE(enters(after)) << "nobody is at the new address";
  before.run_for(milliseconds(50));
  EXPECT_EQ(before.client().last(ClientEvent::Kind::disconnected), nullptr);

  moved = false;
  ASSERT_TRUE(before.run_until([&] { return changes() == 2; }, patience));
  PhotonSocketClient back(test::generation_4_1_8, {.seed = 3}, "127.0.0.1", port);
  EXPECT_TRUE(enters(back));
  for (PhotonSocketClient* client : {&before, &back}) client->client().disconnect(client->now());
  before.run_for(milliseconds(20));
  back.run_for(milliseconds(20));
}

}  // namespace
}  // namespace gateway::net
