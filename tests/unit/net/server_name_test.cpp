#include "net/server_name.h"

#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/address.h"
#include "net/name_watch.h"

namespace gateway::net {
namespace {

constexpr TimePoint now{seconds(10)};
constexpr std::uint16_t port = 5056;

Address at(const std::string& ip, std::uint16_t its_port = port) {
  return *parse_address(ip, its_port);
}

Resolved answer(const std::vector<std::string>& ips) {
  Resolved resolved;
  for (const std::string& ip : ips) resolved.addresses.push_back(at(ip));
  return resolved;
}

/// A pool of one server that is named, behind a listener on 10.0.0.100.
struct Named {
  explicit Named(bool trusted = false) {
    options.servers[0].trusted = trusted;
    names = names_of(pools(), listeners);
  }

  std::deque<SharedPool>& pools() {
    if (shared.empty()) shared.emplace_back(options, now);
    return shared;
  }
  Address take(const Resolved& resolved) {
    names.at(0).take(resolved, now);
    return shared[0].address({0});
  }
  std::uint64_t failures() const { return shared[0].report().servers[0].stats.resolve_failures.value(); }
  std::uint64_t changes() const { return shared[0].report().servers[0].stats.address_changes.value(); }

  PoolOptions options{
      .name = "game",
      .servers = {{.address = at("10.0.0.1"), .text = "udp://game.test:5056", .host = "game.test"}}};
  std::vector<ListenerOptions> listeners{
      {.name = "front", .address = at("10.0.0.100"), .text = "udp://10.0.0.100:5056", .tls = {}}};
  std::deque<SharedPool> shared;
  std::vector<ServerName> names;
};

TEST(ServerName, ANewAddressIsTaken) {
  Named server;
  EXPECT_EQ(server.take(answer({"10.0.0.2"})), at("10.0.0.2"));
  EXPECT_EQ(server.changes(), 1U);
  EXPECT_EQ(server.failures(), 0U);
}

TEST(ServerName, TheAddressStaysWhileTheAnswerHoldsItInWhateverOrder) {
  Named server;
  EXPECT_EQ(server.take(answer({"10.0.0.2", "10.0.0.1"})), at("10.0.0.1"));
  EXPECT_EQ(server.changes(), 0U);
}

TEST(ServerName, NoAnswerKeepsTheOldAddress) {
  Named server;
  EXPECT_EQ(server.take({.addresses = {}, .error = "can't be resolved: try again"}), at("10.0.0.1"));
  EXPECT_EQ(server.failures(), 1U);
  EXPECT_EQ(server.changes(), 0U);
}

TEST(ServerName, AnAddressThatIsNotTrustedKeepsTheOldOne) {
  Named server;
  EXPECT_EQ(server.take(answer({"10.0.0.2", "198.51.100.7"})), at("10.0.0.1")) << "one of them is public";
  EXPECT_EQ(server.failures(), 1U);
  EXPECT_EQ(server.take(answer({"fe80::1"})), at("10.0.0.1"));
  EXPECT_EQ(server.failures(), 2U);
}

TEST(ServerName, ATrustedServerMayMoveAnywhere) {
  Named server(true);
  EXPECT_EQ(server.take(answer({"198.51.100.7"})), at("198.51.100.7"));
}

TEST(ServerName, TheGatewayItselfIsNoServer) {
  Named server;
  EXPECT_EQ(server.take(answer({"10.0.0.100"})), at("10.0.0.1"));
  EXPECT_EQ(server.failures(), 1U);
}

TEST(ServerName, AListenerOfAnotherTransportOrPortIsNotInTheWay) {
  const ServerOptions server{.address = at("10.0.0.1"), .text = {}};
  const std::vector<ListenerOptions> tcp{
      {.name = "a", .address = at("10.0.0.2"), .text = {}, .scheme = Scheme::tcp, .tls = {}}};
  const std::vector<ListenerOptions> other_port{
      {.name = "a", .address = at("10.0.0.2", 1), .text = {}, .tls = {}}};
  EXPECT_EQ(objection_to({at("10.0.0.2")}, server, Scheme::udp, tcp), "");
  EXPECT_EQ(objection_to({at("10.0.0.2")}, server, Scheme::udp, other_port), "");
  EXPECT_THAT(objection_to({at("10.0.0.2")}, server, Scheme::ws, tcp), testing::HasSubstr("gateway itself"));
}

TEST(ServerName, ServersWithAnAddressInTextHaveNone) {
  PoolOptions options{.name = "game",
                      .servers = {{.address = at("10.0.0.1"), .text = "udp://10.0.0.1:5056"}}};
  std::deque<SharedPool> pools;
  pools.emplace_back(options, now);
  EXPECT_TRUE(names_of(pools, {}).empty());
}

TEST(NameWatch, AsksForEveryNameAgainAndAgain) {
  Named server;
  const auto third = std::make_shared<std::promise<void>>();
  // It owns what it uses: a question that is under way when the watch ends outlives this test.
  const Resolve resolve = [third, asked = 0](const std::string& host, std::uint16_t its_port) mutable {
    EXPECT_EQ(host, "game.test");
    EXPECT_EQ(its_port, port);
    if (++asked == 3) third->set_value();
    return answer({asked == 1 ? "10.0.0.2" : "10.0.0.3"});
  };
  {
    const NameWatch watch(server.names, resolve, milliseconds(1));
    third->get_future().wait();
  }
  EXPECT_EQ(server.shared[0].address({0}), at("10.0.0.3"));
  EXPECT_EQ(server.changes(), 2U);
}

TEST(NameWatch, EndsWhileAQuestionIsStillUnderWay) {
  struct Question {
    std::promise<void> asked, may_answer, answered;
  };
  Named server;
  const auto question = std::make_shared<Question>();
  {
    const NameWatch watch(
        server.names,
        [question](const std::string&, std::uint16_t) {
          question->asked.set_value();
          question->may_answer.get_future().wait();
          question->answered.set_value();
          return answer({"10.0.0.2"});
        },
        milliseconds(1));
    question->asked.get_future().wait();
  }
  question->may_answer.set_value();
  question->answered.get_future().wait();
  EXPECT_EQ(server.shared[0].address({0}), at("10.0.0.1")) << "the answer came too late";
}

}  // namespace
}  // namespace gateway::net
