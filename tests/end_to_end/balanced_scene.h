#pragma once

#include <memory>
#include <string>
#include <vector>

#include "end_to_end/gateway_process.h"
#include "support/balanced_servers.h"
#include "support/socket_player.h"

namespace gateway::test {

/// A name server, a master and two game servers, the gateway with a listener in front of each, and players
/// who know the first of them.
class BalancedScene {
 public:
  using Scheme = GatewayProcess::Scheme;
  struct Options {
    std::string listen_host = "127.0.0.1";
    std::string public_host = "127.0.0.1";
    AddressSpelling spelling{};     // of the servers; a host other than 127.0.0.1 is advertised
    std::size_t fronted_games = 2;  // of two; the others have no listener
    std::string more{};             // further lines of the configuration
  };

  explicit BalancedScene(Scheme scheme);
  BalancedScene(Scheme scheme, const Options& options);

  /// A player who knows the listener in front of the name server, or of the master, and plays at turn().
  std::unique_ptr<SocketPlayer> player(const PlayerOptions& options) const;
  /// One that is in its room, or was refused.
  std::unique_ptr<SocketPlayer> played(const PlayerOptions& options) const;

  std::string name() const { return public_address(0); }
  std::string master() const { return public_address(1); }
  std::string game(std::size_t index) const { return public_address(2 + index); }
  /// Every address of the gateway.
  std::vector<std::string> public_addresses() const;
  /// Sessions that a listener ("name", "master", "game-1", "game-2") has had.
  std::size_t sessions(const std::string& listener) const;
  /// Nobody saw what the protocol forbids.
  void expect_clean(const SocketPlayer& player);

  const Scheme scheme;
  BalancedServers servers;

 private:
  std::string public_address(std::size_t index) const;
  std::string links() const;

  Options options_;
  std::vector<std::uint16_t> ports_;  // of the listeners: name, master, games

 public:
  GatewayProcess gateway;  // after what it is configured with
};

}  // namespace gateway::test
