#include "simulation/balanced_world.h"

#include <array>
#include <charconv>

namespace gateway::test {

namespace {

constexpr std::uint16_t port = 5055;
constexpr std::string_view network_part = "10.0.0.";

std::uint8_t host_of(const ServerAddress& address) {
  const std::string_view text = std::string_view(address.host).substr(network_part.size());
  std::uint8_t host = 0;
  std::from_chars(text.data(), text.data() + text.size(), host);
  return host;
}

std::uint8_t listener_host(std::size_t index) {
  return static_cast<std::uint8_t>(BalancedAddresses::first_listener + index);
}
std::uint8_t server_host(std::size_t index) {
  return static_cast<std::uint8_t>(BalancedAddresses::first_server + index);
}

}  // namespace

std::string BalancedAddresses::text(std::size_t host) {
  return std::string(network_part) + std::to_string(host) + ":" + std::to_string(port);
}

LoadBalancing::Names BalancedAddresses::names() {
  LoadBalancing::Names names;
  names.master = server(1);
  names.games = {server(2), server(3)};
  names.regions = {{"eu", server(1)}, {"us", server(0)}};
  return names;
}

ServerPart BalancedAddresses::part(std::size_t index, LoadBalancing& application) {
  using Role = ServerPart::Role;
  const std::array roles{Role::name, Role::master, Role::game, Role::game};
  return {roles[index], &application, index == 3 ? std::size_t{1} : std::size_t{0}};
}

policy::Addresses BalancedAddresses::table() {
  policy::Addresses table;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string from = server(i);
    static_cast<void>(table.add(*policy::parse_host_port(from), listener(i)));
  }
  return table;
}

BalancedWorld::BalancedWorld(const Options& options) : network(options.seed), options_(options) {
  application_.names(BalancedAddresses::names());
  for (std::size_t i = 0; i < BalancedAddresses::count; ++i) {
    SimulatedGatewayOptions gateway;
    gateway.listen = simulated_address(listener_host(i), port);
    gateway.servers = {simulated_address(server_host(i), port)};
    gateway.exchange_delay = options.exchange_delay;
    gateway.rewriting.addresses = &table_;
    gateways_.push_back(std::make_unique<SimulatedGateway>(gateway, options.seed + i));
    network.attach(listener_host(i), *gateways_.back());

    TestServerOptions server;
    server.part = BalancedAddresses::part(i, application_);
    servers_.push_back(std::make_unique<ServerHost>(server, gateway.servers.front(), options.seed + 100 + i));
    network.attach(server_host(i), *servers_.back());
    network.link(listener_host(i), server_host(i)) = options.server_link;
  }
}

BalancedWorld::Playing& BalancedWorld::add_player(const PlayerOptions& options,
                                                  const Generation& generation) {
  const bool from_name = options.first == PlayerOptions::First::name;
  const std::string first = BalancedAddresses::listener(from_name ? 0 : 1);
  players_.push_back(std::make_unique<Playing>(Playing{Player(options, first), generation}));
  connect_players();
  return *players_.back();
}

bool BalancedWorld::run_until(const std::function<bool()>& done, Duration limit) {
  return network.run_until(
      [&] {
        connect_players();
        return done();
      },
      limit);
}

void BalancedWorld::connect_players() {
  for (const auto& playing : players_) {
    if (const auto address = playing->player.take_address()) connect(*playing, *address);
  }
}

/// From a host of its own, so that what is late for an earlier connection finds it there.
void BalancedWorld::connect(Playing& playing, const ServerAddress& address) {
  PhotonClient::Config config;
  config.init = playing.player.init();
  config.seed = options_.seed * 1000 + next_host_;
  ClientHost::Options options;
  options.local = simulated_address(next_host_, 50'000);
  options.server = simulated_address(host_of(address), address.port);
  auto line = std::make_unique<ClientHost>(playing.generation, config, options);
  playing.peer = std::make_unique<PeerOf<PhotonClient>>(line->client());
  line->application([&playing, current = line.get()](TimePoint now, PhotonClient& client) {
    if (current == playing.lines.back().get()) playing.player.play(now, *playing.peer);
    static_cast<void>(client);
  });
  network.attach(next_host_, *line);
  network.link(next_host_, host_of(address)) = options_.client_link;
  network.link(next_host_, host_of(address)).mtu = config.mtu;
  ++next_host_;
  playing.lines.push_back(std::move(line));
  playing.lines.back()->connect(network.now());
}

std::vector<std::string> BalancedWorld::violations() const {
  std::vector<std::string> all = network.violations();
  const auto add = [&](const std::string& who, const std::vector<std::string>& what) {
    for (const std::string& text : what) all.push_back(who + ": " + text);
  };
  for (const auto& gateway : gateways_) add("gateway", gateway->violations());
  for (const auto& server : servers_) add("server", server->server().violations());
  for (const auto& playing : players_) {
    for (const auto& line : playing->lines) {
      add("client", PeerOf<PhotonClient>(line->client()).violations());
    }
  }
  return all;
}

}  // namespace gateway::test
