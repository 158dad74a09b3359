#include "support/balanced_servers.h"

namespace gateway::test {

using net::Scheme;
using Role = ServerPart::Role;

BalancedServers::BalancedServers(Scheme scheme, std::size_t games) {
  add(scheme, {Role::name, &application_});
  add(scheme, {Role::master, &application_});
  for (std::size_t game = 0; game < games; ++game) add(scheme, {Role::game, &application_, game});
  name_each_other();
}

void BalancedServers::add(Scheme scheme, const ServerPart& part) {
  TestServerOptions options;
  options.part = part;
  if (scheme == Scheme::udp) {
    datagrams_.push_back(std::make_unique<TestServerSocket>(options));
    return;
  }
  TestStreamServerOptions stream;
  stream.server = options;
  stream.kind = scheme == Scheme::tcp ? StreamKind::tcp : StreamKind::websocket;
  streams_.push_back(std::make_unique<TestStreamServerSocket>(stream));
}

std::string spelled(const AddressSpelling& spelling, std::uint16_t port) {
  return spelling.before + spelling.host + ":" + std::to_string(port) + spelling.after;
}

void BalancedServers::name_each_other(const AddressSpelling& spelling) {
  LoadBalancing::Names names;
  names.master = spelled(spelling, master());
  for (std::size_t i = 0; i < games(); ++i) names.games.push_back(spelled(spelling, game(i)));
  application_.names(names);
}

void BalancedServers::each(const std::function<void(TestServer&)>& use) {
  const auto with = [&](TestServer& server, TimePoint) { use(server); };
  for (const auto& server : datagrams_) server->with(with);
  for (const auto& server : streams_) server->with(with);
}

std::vector<std::string> BalancedServers::violations() {
  std::vector<std::string> all;
  each([&](TestServer& server) {
    all.insert(all.end(), server.violations().begin(), server.violations().end());
  });
  for (const auto& server : streams_) {
    const auto wrong = server->websocket_violations();
    all.insert(all.end(), wrong.begin(), wrong.end());
  }
  return all;
}

std::size_t BalancedServers::opened() {
  std::size_t sum = 0;
  each([&](const TestServer& server) { sum += server.opened(); });
  return sum;
}

}  // namespace gateway::test
