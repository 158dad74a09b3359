// The process has no descriptor left, although there were enough when it started: whoever is in plays on,
// whoever comes is told, and nothing spins.

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>

#include "end_to_end/stream_scene.h"
#include "support/loopback.h"
#include "support/sanitized.h"

namespace gateway::test {
namespace {

using Kind = ClientEvent::Kind;
using Scheme = GatewayProcess::Scheme;

constexpr std::size_t clients_max = 100;  // far more than descriptors are left

/// Lowers what a gateway may open to hardly more than it has open, until it is destroyed.
class FewDescriptors {
 public:
  explicit FewDescriptors(GatewayProcess& gateway) : process_(gateway.process().id()) {
    constexpr rlim_t left = 6;
    EXPECT_EQ(::prlimit(process_, RLIMIT_NOFILE, nullptr, &before_), 0);
    const rlimit few{.rlim_cur = metric(gateway, "process_open_fds") + left, .rlim_max = before_.rlim_max};
    EXPECT_EQ(::prlimit(process_, RLIMIT_NOFILE, &few, nullptr), 0);
  }
  ~FewDescriptors() { lift(); }
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;

  void lift() const { EXPECT_EQ(::prlimit(process_, RLIMIT_NOFILE, &before_, nullptr), 0); }

 private:
  pid_t process_;
  rlimit before_{};
};

/// Asks now and then while a second goes by: how much of it the processor worked for the gateway.
template <class Client>
Duration busy_in_a_second(GatewayProcess& gateway, Client& client) {
  const Duration before = gateway.process().cpu_time();
  for (int i = 0; i < 4; ++i) {
    EXPECT_NE(ask(client, Operation::echo, 0, Bytes{}, false), nullptr);
    client.run_for(milliseconds(250));
  }
  return gateway.process().cpu_time() - before;
}

class Descriptors : public testing::Test {
 protected:
  void SetUp() override {
    if (sanitized())
      GTEST_SKIP() << "UBSan asks through a pipe what may be read, and reports that it got none";
  }
};

constexpr Duration spinning = milliseconds(700);  // of a second; a loop without a pause takes all of it

TEST_F(Descriptors, WithoutOneANewClientOfUdpIsToldThatTheServerIsFull) {
  Scene scene;
  const auto playing = scene.connected();
  const FewDescriptors few(scene.gateway);
  std::vector<std::unique_ptr<PhotonSocketClient>> clients;
  const auto told = [&] { return clients.back()->client().last(Kind::disconnected); };
  do {
    clients.push_back(scene.client());
    clients.back()->connect();
    ASSERT_TRUE(clients.back()->run_until(
        [&] { return clients.back()->client().initialised() || told() != nullptr; }, patience));
  } while (told() == nullptr && clients.size() < clients_max);
  ASSERT_NE(told(), nullptr);
  EXPECT_EQ(told()->status, ClientEvent::Status::by_server);
  EXPECT_EQ(told()->reason, 3);
  EXPECT_LT(busy_in_a_second(scene.gateway, *playing), spinning);
  EXPECT_GT(metric(scene.gateway, "photon_gateway_sessions_closed_total{reason=\"no_capacity\"}"), 0U);
  few.lift();
  scene.connected();
}

/// Connections that say nothing, as many as the gateway accepts. Nobody asks the admin port meanwhile: that
/// takes descriptors too.
class Crowd {
 public:
  explicit Crowd(std::uint16_t port) {
    do connect_one(port);
    while (!last_is_closed() && connections_.size() < clients_max);
    EXPECT_LT(connections_.size(), clients_max) << "there are descriptors for all";
  }
  ~Crowd() { leave(); }
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  void one_leaves() {
    ::close(connections_.front());
    connections_.pop_front();
  }
  void leave() {
    while (!connections_.empty()) one_leaves();
  }

 private:
  void connect_one(std::uint16_t port) {
    const sockaddr_in address = loopback(port);
    connections_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::connect(connections_.back(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  bool last_is_closed() const {
    constexpr int longer_than_a_pause = 200;  // milliseconds
    pollfd closed{.fd = connections_.back(), .events = POLLIN, .revents = 0};
    return ::poll(&closed, 1, longer_than_a_pause) == 1;
  }

  std::deque<int> connections_;
};

TEST_F(Descriptors, WithoutOneANewClientOfAStreamIsClosedAtOnce) {
  for (const Scheme scheme : {Scheme::tcp, Scheme::ws}) {
    SCOPED_TRACE(net::name(scheme));
    StreamScene scene(scheme);
    const auto playing = scene.connected();
    const FewDescriptors few(scene.gateway);
    Crowd crowd(scene.gateway.port());
    const auto client = scene.client();
    client->connect();
    EXPECT_TRUE(client->run_until([&] { return client->ended(); }, patience));
    EXPECT_GT(metric(scene.gateway,
                     "photon_gateway_sessions_rejected_total{listener=\"test\",reason=\"descriptors\"}"),
              0U);
    EXPECT_GT(metric(scene.gateway, "photon_gateway_accept_failures_total{listener=\"test\"}"), 0U);
    EXPECT_LT(busy_in_a_second(scene.gateway, *playing), spinning);
    few.lift();
    EXPECT_TRUE(scene.connected()->client().initialised());
  }
}

TEST_F(Descriptors, WithoutOneForItsServerAClientOfWebSocketIsAnswered502) {
  StreamScene scene(Scheme::ws);
  const FewDescriptors few(scene.gateway);
  Crowd crowd(scene.gateway.port());
  crowd.one_leaves();  // the next client takes its place, and nothing is left for the way to the server
  const auto told_502 = [&] {
    const auto client = scene.client();
    client->connect();
    client->run_until([&] { return client->ended() || client->client().initialised(); }, patience);
    return client->ending().http_status == 502;
  };
  bool told = false;
  for (int i = 0; i < 10 && !told; ++i) told = told_502();  // the first may come before the place is free
  EXPECT_TRUE(told);
  crowd.leave();
  few.lift();
  scene.connected();
}

TEST_F(Descriptors, WithoutOneTheAdminPortStillAnswers) {
  StreamScene scene(Scheme::tcp);
  const FewDescriptors few(scene.gateway);
  const Crowd crowd(scene.gateway.port());
  std::uint64_t seen =
      0;  // what is read below /proc may fail once: a shard can be quicker to take what was freed
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(http_get(scene.gateway.admin_port(), "/readyz").status, 200);
    seen = std::max(seen, metric(scene.gateway, "process_open_fds"));
  }
  EXPECT_GT(seen, 0U);
}

}  // namespace
}  // namespace gateway::test
