#include "simulation/world.h"

#include <gtest/gtest.h>

namespace gateway::test {
namespace {

constexpr std::uint16_t port = 5055;

SimulatedGatewayOptions gateway_options(const WorldOptions& options) {
  SimulatedGatewayOptions gateway = options.gateway;
  gateway.listen = simulated_address(gateway_host, port);
  for (std::size_t i = 0; i < options.servers; ++i) {
    gateway.servers.push_back(simulated_address(static_cast<std::uint8_t>(first_server_host + i), port));
  }
  return gateway;
}

}  // namespace

World::World(const WorldOptions& options) : network(options.seed), options_(options) {
  network.begin(options.begin);
  gateway = std::make_unique<SimulatedGateway>(gateway_options(options), options.seed + 1);
  network.attach(gateway_host, *gateway);
  for (std::size_t i = 0; i < options.servers; ++i) {
    const auto host = static_cast<std::uint8_t>(first_server_host + i);
    servers.push_back(
        std::make_unique<ServerHost>(options.server, simulated_address(host, port), options.seed + 100 + i));
    network.attach(host, *servers.back());
    network.link(gateway_host, host) = options.server_link;
  }
}

ClientHost& World::add_client(const Generation& generation, PhotonClient::Config config, Duration frame) {
  const auto host = static_cast<std::uint8_t>(first_client_host + clients.size());
  config.seed = options_.seed * 1000 + clients.size();
  ClientHost::Options options;
  options.local = simulated_address(host, 50'000);
  options.server = simulated_address(gateway_host, port);
  options.frame = frame;
  clients.push_back(std::make_unique<ClientHost>(generation, config, options));
  network.attach(host, *clients.back());
  network.link(host, gateway_host) = options_.client_link;
  network.link(host, gateway_host).mtu = config.mtu;
  return *clients.back();
}

void World::connect(ClientHost& client) {
  client.connect(now());
}

ClientHost& World::connected_client(const Generation& generation, PhotonClient::Config config,
                                    Duration frame) {
  ClientHost& client = add_client(generation, config, frame);
  connect(client);
  EXPECT_TRUE(run_until([&] { return client.client().initialised(); }, seconds(10)))
      << "the client doesn't get in";
  return client;
}

bool World::exchange_keys(ClientHost& client) {
  const std::size_t before = client.client().count(ClientEvent::Kind::encryption_established);
  client.client().exchange_keys(now());
  const bool done = run_until(
      [&] { return client.client().count(ClientEvent::Kind::encryption_established) > before; }, seconds(10));
  run_for(seconds(1));
  return done;
}

std::vector<std::string> World::violations() const {
  std::vector<std::string> all = network.violations();
  const auto add = [&](std::string_view who, const std::vector<std::string>& what) {
    for (const std::string& text : what) all.push_back(std::string(who) + ": " + text);
  };
  add("gateway", gateway->violations());
  for (const auto& server : servers) add("server", server->server().violations());
  for (const auto& client : clients) add("client", client->client().violations());
  return all;
}

message::Serialization serialization_of(const PhotonClient& client) {
  return client.config().init.protocol == Protocol::v16 ? message::Serialization::v16
                                                        : message::Serialization::v18;
}

PhotonClient::Operation operation_of(const PhotonClient& client, Operation code, std::uint32_t argument,
                                     Bytes data, bool encrypt, std::uint8_t channel, wire::Flags delivery) {
  const std::vector<std::uint8_t> message = write_operation(serialization_of(client), code, argument, data);
  return {static_cast<std::uint8_t>(code), {message.begin() + 3, message.end()}, channel, delivery, encrypt};
}

}  // namespace gateway::test
