#include "end_to_end/balanced_scene.h"

#include <algorithm>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gateway::test {

namespace {

std::vector<std::uint16_t> free_ports(net::Scheme scheme, std::size_t count) {
  std::vector<std::uint16_t> ports;
  while (ports.size() < count) {
    const std::uint16_t port = scheme == net::Scheme::udp ? free_udp_port() : free_tcp_port();
    if (std::ranges::find(ports, port) == ports.end()) ports.push_back(port);
  }
  return ports;
}

std::string quoted(const std::string& text) {
  return "\"" + text + "\"";
}

}  // namespace

BalancedScene::BalancedScene(Scheme wanted) : BalancedScene(wanted, Options{}) {}

BalancedScene::BalancedScene(Scheme wanted, const Options& options)
    : scheme(wanted),
      servers(wanted),
      options_(options),
      ports_(free_ports(wanted, 2 + options.fronted_games)),
      gateway({.servers = {}, .more = options.more, .links = links()}) {
  servers.name_each_other(options.spelling);
}

std::string BalancedScene::public_address(std::size_t index) const {
  return options_.public_host + ":" + std::to_string(ports_[index]);
}

std::vector<std::string> BalancedScene::public_addresses() const {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < ports_.size(); ++i) all.push_back(public_address(i));
  return all;
}

std::string BalancedScene::links() const {
  const std::vector<std::string> names{"name", "master", "game-1", "game-2"};
  const std::vector<std::uint16_t> servers_ports{servers.name(), servers.master(), servers.game(0),
                                                 servers.game(1)};
  const std::string url = std::string(net::name(scheme)) + "://";
  std::string listeners = "listeners:\n";
  std::string upstreams = "upstreams:\n";
  for (std::size_t i = 0; i < ports_.size(); ++i) {
    listeners += "  - { name: " + names[i] +
                 ", listen: " + quoted(url + options_.listen_host + ":" + std::to_string(ports_[i])) +
                 ", upstream: " + names[i] + ", public_address: " + quoted(public_address(i)) + " }\n";
    const std::string port = ":" + std::to_string(servers_ports[i]);
    const bool advertises = options_.spelling.host != "127.0.0.1";
    upstreams += "  " + names[i] + ": { servers: [{ address: " + quoted(url + "127.0.0.1" + port) +
                 (advertises ? ", advertised: [" + quoted(options_.spelling.host + port) + "]" : "") +
                 " }] }\n";
  }
  return listeners + upstreams;
}

std::unique_ptr<SocketPlayer> BalancedScene::player(const PlayerOptions& options) const {
  const bool from_name = options.first == PlayerOptions::First::name;
  return std::make_unique<SocketPlayer>(scheme, options, from_name ? name() : master());
}

std::unique_ptr<SocketPlayer> BalancedScene::played(const PlayerOptions& options) const {
  auto made = player(options);
  EXPECT_TRUE(play_together(
      {made.get()}, [&] { return made->player().done(); }, patience));
  return made;
}

std::size_t BalancedScene::sessions(const std::string& listener) const {
  std::istringstream metrics(http_get(gateway.admin_port(), "/metrics").body);
  for (std::string line; std::getline(metrics, line);) {
    if (!line.starts_with("photon_gateway_sessions_opened_total{")) continue;
    if (line.find("listener=\"" + listener + "\"") == std::string::npos) continue;
    return std::stoul(line.substr(line.rfind(' ')));
  }
  return 0;
}

void BalancedScene::expect_clean(const SocketPlayer& player) {
  EXPECT_THAT(player.violations(), testing::IsEmpty());
  EXPECT_THAT(servers.violations(), testing::IsEmpty());
}

}  // namespace gateway::test
