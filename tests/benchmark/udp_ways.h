#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "benchmark/proxy.h"
#include "benchmark/udp_load.h"

namespace gateway::test {

/// A way to the server over UDP, and what clients do on it.
struct UdpWay {
  std::string name;
  std::function<std::unique_ptr<Proxy>(const Way&)> start{};  // none: straight to the server
  Sealing sealing = Sealing::none;
  std::size_t threads = 1;  // of the gateway
};

/// All there are on this system, "direct" first; says on stdout what is missing.
std::vector<UdpWay> udp_ways(bool clear, std::size_t threads);

/// Server, proxy and clients of one round, started anew: nothing is left of earlier ones.
class UdpScene {
 public:
  /// `sessions` come in; the proxy carries up to `sessions_max`, if that is more.
  UdpScene(const UdpWay& way, std::size_t sessions, std::size_t bytes, std::size_t sessions_max = 0);
  ~UdpScene();

  UdpLoad& load() { return *load_; }
  Duration server_time();
  /// None without a proxy.
  Duration proxy_time() const;
  std::uint64_t client_link() const { return load_->datagrams(); }
  std::uint64_t server_link() const;
  const Proxy& proxy() const { return *proxy_; }

 private:
  std::unique_ptr<class UdpEchoServer> server_;
  std::unique_ptr<Proxy> proxy_;
  std::unique_ptr<UdpLoad> load_;
};

/// CPU of the proxy and of the server in microseconds, and datagrams on the clients' and on the server's
/// link, each an operation, after a while to warm up.
std::vector<double> cost_of_operations(const UdpWay& way, std::size_t sessions, std::size_t bytes,
                                       std::size_t window, std::size_t operations);

}  // namespace gateway::test
