#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "net/options.h"
#include "support/load_balancing.h"
#include "support/test_server_socket.h"
#include "support/test_stream_server_socket.h"

namespace gateway::test {

/// How a server writes addresses: before, host, port and after.
struct AddressSpelling {
  std::string before{};  // "ws://"
  std::string host = "127.0.0.1";
  std::string after{};  // "/path"
};
std::string spelled(const AddressSpelling& spelling, std::uint16_t port);

/// A name server, a master and game servers of one LoadBalancing application, each on a port of its own of
/// the loopback interface, over UDP, TCP or WebSocket.
class BalancedServers {
 public:
  explicit BalancedServers(net::Scheme scheme, std::size_t games = 2);

  std::uint16_t name() const { return port(0); }
  std::uint16_t master() const { return port(1); }
  std::uint16_t game(std::size_t index) const { return port(2 + index); }
  std::size_t games() const { return count() - 2; }
  LoadBalancing& application() { return application_; }

  /// What the servers tell clients from now on.
  void name_each_other(const AddressSpelling& spelling = {});
  /// Calls `use(server)` for each of them.
  void each(const std::function<void(TestServer&)>& use);
  /// What any of them complained about.
  std::vector<std::string> violations();
  /// Requests with a token's key that they opened.
  std::size_t opened();

 private:
  std::size_t count() const { return datagrams_.size() + streams_.size(); }
  std::uint16_t port(std::size_t index) const {
    return datagrams_.empty() ? streams_[index]->port() : datagrams_[index]->port();
  }
  void add(net::Scheme scheme, const ServerPart& part);

  LoadBalancing application_;
  std::vector<std::unique_ptr<TestServerSocket>> datagrams_;  // one of the two is empty
  std::vector<std::unique_ptr<TestStreamServerSocket>> streams_;
};

}  // namespace gateway::test
