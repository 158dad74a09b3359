#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/network.h"
#include "support/network_hosts.h"
#include "support/simulated_gateway.h"

namespace gateway::test {

inline constexpr std::uint8_t gateway_host = 2;
inline constexpr std::uint8_t first_server_host = 100;
inline constexpr std::uint8_t first_client_host = 10;

struct WorldOptions {
  std::uint64_t seed = 1;
  std::size_t servers = 1;
  TestServerOptions server;
  SimulatedGatewayOptions gateway;
  TimePoint begin = TimePoint{} + hours(1);                 // what everybody's clock counts from
  Link client_link;                                         // of every client added
  Link server_link{.delay = milliseconds(1), .mtu = 1200};  // of every server
};

/// Clients, the gateway and its servers in one simulated network.
class World {
 public:
  explicit World(const WorldOptions& options);

  /// A client behind a link of its own; it connects at connect().
  ClientHost& add_client(const Generation& generation, PhotonClient::Config config,
                         Duration frame = milliseconds(20));
  /// A client added, connected and past InitResponse; the test fails when it doesn't get there.
  ClientHost& connected_client(const Generation& generation = generation_4_1_8,
                               PhotonClient::Config config = {}, Duration frame = milliseconds(20));
  void connect(ClientHost& client);
  bool run_until(const std::function<bool()>& done, Duration limit) { return network.run_until(done, limit); }
  void run_for(Duration duration) { network.run_for(duration); }
  /// A key for the client, and the time until the gateway seals with it.
  bool exchange_keys(ClientHost& client);

  /// Does something to a host outside of its turn, then takes what it has to say.
  template <class Use>
  void use_server(std::size_t index, Use&& use) {
    use(servers[index]->server());
    network.drain(*servers[index]);
  }

  TestServer& server(std::size_t index = 0) { return servers[index]->server(); }
  Link& client_link(const ClientHost& client) { return network.link(client.address().ip[15], gateway_host); }
  Link& server_link(std::size_t index = 0) {
    return network.link(gateway_host, static_cast<std::uint8_t>(first_server_host + index));
  }
  TimePoint now() const { return network.now(); }
  /// Everything any part of the world found wrong.
  std::vector<std::string> violations() const;

  Network network;
  std::vector<std::unique_ptr<ServerHost>> servers;
  std::unique_ptr<SimulatedGateway> gateway;
  std::vector<std::unique_ptr<ClientHost>> clients;

 private:
  WorldOptions options_;
};

/// An operation of the test server as a client sends it.
PhotonClient::Operation operation_of(const PhotonClient& client, Operation code, std::uint32_t argument,
                                     Bytes data, bool encrypt, std::uint8_t channel = 0,
                                     wire::Flags delivery = wire::Flags::reliable);
message::Serialization serialization_of(const PhotonClient& client);

}  // namespace gateway::test
