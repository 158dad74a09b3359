#include "benchmark/udp_ways.h"

#include <algorithm>
#include <cstdio>

#include "benchmark/measure.h"
#include "benchmark/peers.h"
#include "benchmark/udp_echo_server.h"

namespace gateway::test {

std::vector<UdpWay> udp_ways(bool clear, std::size_t threads) {
  const Sealing blind = clear ? Sealing::none : Sealing::blind;
  const Sealing exchanged = clear ? Sealing::none : Sealing::exchanged;
  std::vector<UdpWay> ways{{"direct", {}, blind}, {"gateway", start_gateway, exchanged}};
  if (threads > 1) ways.push_back({"gateway, shards", start_gateway, exchanged, threads});
  ways.push_back({"relay", start_relay, blind});
  if (missing_nginx().empty()) {
    ways.push_back({"nginx UDP", start_nginx, blind});
  } else {
    std::printf("without nginx: %s\n", missing_nginx().c_str());
  }
  return ways;
}

UdpScene::UdpScene(const UdpWay& way, std::size_t sessions, std::size_t bytes, std::size_t sessions_max)
    : server_(std::make_unique<UdpEchoServer>()) {
  if (way.start) {
    proxy_ = way.start({.link = Link::udp,
                        .server = server_->port(),
                        .sessions = std::max(sessions, sessions_max),
                        .threads = way.threads});
  }
  const std::uint16_t port = proxy_ ? proxy_->port() : server_->port();
  load_ = std::make_unique<UdpLoad>(UdpTarget{.port = port, .sealing = way.sealing}, sessions, bytes);
}

UdpScene::~UdpScene() = default;

Duration UdpScene::server_time() {
  return server_->cpu_time();
}

Duration UdpScene::proxy_time() const {
  return proxy_ ? proxy_->cpu_time() : Duration{};
}

std::uint64_t UdpScene::server_link() const {
  return server_->datagrams();
}

std::vector<double> cost_of_operations(const UdpWay& way, std::size_t sessions, std::size_t bytes,
                                       std::size_t window, std::size_t operations) {
  UdpScene scene(way, sessions, bytes);
  scene.load().run(std::max({4 * window, 2 * sessions, operations / 10}), window);
  const Duration server = scene.server_time();
  const Duration proxy = scene.proxy_time();
  const std::uint64_t client_link = scene.client_link();
  const std::uint64_t server_link = scene.server_link();
  scene.load().run(operations, window);
  const auto each = [&](double value) { return value / static_cast<double>(operations); };
  if (scene.load().resent() > operations / 1000)
    std::printf("%s: %lu commands were sent again\n", way.name.c_str(),
                static_cast<unsigned long>(scene.load().resent()));
  return {each(microseconds_of(scene.proxy_time() - proxy)),
          each(microseconds_of(scene.server_time() - server)),
          each(static_cast<double>(scene.client_link() - client_link)),
          each(static_cast<double>(scene.server_link() - server_link))};
}

}  // namespace gateway::test
