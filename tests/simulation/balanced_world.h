#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "support/load_balancing.h"
#include "support/network.h"
#include "support/network_hosts.h"
#include "support/player.h"
#include "support/simulated_gateway.h"

namespace gateway::test {

/// The servers of LoadBalancing at addresses of their own, and a listener of the gateway in front of each.
struct BalancedAddresses {
  static constexpr std::size_t count = 4;  // name server, master, two game servers
  static constexpr std::uint8_t first_listener = 2;
  static constexpr std::uint8_t first_server = 100;

  /// "10.0.0.HOST:5055".
  static std::string text(std::size_t host);
  static std::string listener(std::size_t index) { return text(first_listener + index); }
  static std::string server(std::size_t index) { return text(first_server + index); }
  static LoadBalancing::Names names();
  static ServerPart part(std::size_t index, LoadBalancing& application);
  /// Every server's address, and the listener that stands for it.
  static policy::Addresses table();
};

/// Those servers, a gateway of one listener for each, and players in one simulated network.
class BalancedWorld {
 public:
  struct Options {
    std::uint64_t seed = 1;
    Link client_link;
    Link server_link{.delay = milliseconds(1), .mtu = 1200};
    Duration exchange_delay{};
  };
  explicit BalancedWorld(const Options& options);

  /// A player and the connections that it had, the present one last.
  struct Playing {
    Player player;
    const Generation& generation;
    std::vector<std::unique_ptr<ClientHost>> lines{};
    std::unique_ptr<PeerOf<PhotonClient>> peer{};

    PhotonClient& client() { return lines.back()->client(); }
  };
  Playing& add_player(const PlayerOptions& options, const Generation& generation);
  /// Lets time pass and connects players to wherever they are sent; false when `limit` is over.
  bool run_until(const std::function<bool()>& done, Duration limit);

  std::vector<std::string> violations() const;
  LoadBalancing& application() { return application_; }

  Network network;

 private:
  void connect_players();
  void connect(Playing& playing, const ServerAddress& address);

  Options options_;
  LoadBalancing application_;
  policy::Addresses table_ = BalancedAddresses::table();
  std::vector<std::unique_ptr<SimulatedGateway>> gateways_;
  std::vector<std::unique_ptr<ServerHost>> servers_;
  std::vector<std::unique_ptr<Playing>> players_;
  std::uint8_t next_host_ = 10;
};

}  // namespace gateway::test
