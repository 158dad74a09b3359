// Directed losses: which datagram is lost is chosen, not drawn. Nothing may hang, and nothing may stay
// unsaid.

#include <algorithm>
#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simulation/world.h"

namespace gateway::test {
namespace {

using Kind = ClientEvent::Kind;

/// Datagrams by direction and number, counted from the client's first Connect.
struct Loss {
  enum class Where : std::uint8_t { from_client, to_client, to_server, from_server };
  Where where = Where::from_client;
  std::size_t number = 0;
};

bool hits(const Loss& loss, const Packet& packet, std::size_t number) {
  const std::uint8_t from = packet.from.ip[15];
  const std::uint8_t to = packet.to.ip[15];
  if (number != loss.number) return false;
  switch (loss.where) {
    case Loss::Where::from_client:
      return from == first_client_host;
    case Loss::Where::to_client:
      return to == first_client_host;
    case Loss::Where::to_server:
      return to == first_server_host;
    case Loss::Where::from_server:
      return from == first_server_host;
  }
  return false;
}

/// A client gets in, gets a key and an answer although these datagrams are lost.
void expect_login(const std::vector<Loss>& losses, const Generation& generation) {
  World world({});
  world.network.filter([&](const Packet& packet, std::size_t number) {
    return std::any_of(losses.begin(), losses.end(),
                       [&](const Loss& loss) { return hits(loss, packet, number); });
  });
  ClientHost& host = world.add_client(generation, {});
  PhotonClient& client = host.client();
  world.connect(host);
  ASSERT_TRUE(world.run_until([&] { return client.initialised(); }, seconds(30)));
  client.exchange_keys(world.now());
  ASSERT_TRUE(world.run_until([&] { return client.encryption_available(); }, seconds(30)));
  ASSERT_TRUE(client.operation(world.now(), operation_of(client, Operation::echo, 0, {}, true)));
  ASSERT_TRUE(world.run_until([&] { return client.count(Kind::response) == 1; }, seconds(30)));
  EXPECT_TRUE(client.last(Kind::response)->encrypted);
  EXPECT_EQ(client.undecryptable(), 0U);
  EXPECT_THAT(world.violations(), testing::IsEmpty());
}

constexpr std::array directions{Loss::Where::from_client, Loss::Where::to_client, Loss::Where::to_server,
                                Loss::Where::from_server};
constexpr std::size_t first_datagrams = 12;

std::string text(const Loss& loss) {
  static constexpr std::array names{"from the client", "to the client", "to the server", "from the server"};
  return std::to_string(loss.number) + " " + names[static_cast<std::size_t>(loss.where)];
}

TEST(LostDatagrams, AnyOneOfTheFirstTwelveInAnyDirectionHangsNobody) {
  for (const Generation* generation : generations) {
    for (const auto where : directions) {
      for (std::size_t number = 0; number < first_datagrams; ++number) {
        SCOPED_TRACE(std::string(generation->name) + ", lost: " + text({where, number}));
        expect_login({{where, number}}, *generation);
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST(LostDatagrams, AnyTwoOfTheFirstTwelveInAnyDirectionHangNobody) {
  std::vector<Loss> all;
  for (const auto where : directions) {
    for (std::size_t number = 0; number < first_datagrams; ++number) all.push_back({where, number});
  }
  for (std::size_t first = 0; first < all.size(); ++first) {
    for (std::size_t second = first + 1; second < all.size(); ++second) {
      SCOPED_TRACE("lost: " + text(all[first]) + " and " + text(all[second]));
      expect_login({all[first], all[second]}, generation_4_1_8);
      if (HasFatalFailure()) return;
    }
  }
}

TEST(LostDatagrams, InitResentAloneAfterAckAndInitWereLostIsTheProof) {
  World world({});
  bool lost = false;
  world.network.filter([&](const Packet& packet, std::size_t number) {
    return packet.from.ip[15] == first_client_host && number == 1 && (lost = true);
  });
  ClientHost& host = world.add_client(generation_4_1_8, {});
  world.connect(host);
  EXPECT_TRUE(world.run_until([&] { return host.client().initialised(); }, seconds(5)));
  EXPECT_TRUE(lost);
  EXPECT_EQ(world.gateway->door_stats().proven.value(), 1U);
}

// How a server that doesn't want or doesn't answer is told
// ------------------------------------------------------------

struct Told {
  Duration after{};
  ClientEvent event;
};

/// What the client hears when every server greets it like this; the limit is what the options promise.
std::optional<Told> told_by(const TestServerOptions& server, Duration limit, std::size_t servers = 1,
                            const session::Options& session = {}) {
  WorldOptions options;
  options.server = server;
  options.servers = servers;
  options.gateway.session = session;
  World world(options);
  ClientHost& host = world.add_client(generation_4_1_8, {});
  const TimePoint start = world.now();
  world.connect(host);
  if (!world.run_until([&] { return host.client().last(Kind::disconnected) != nullptr; }, limit))
    return std::nullopt;
  const Told told{world.now() - start, *host.client().last(Kind::disconnected)};
  world.run_for(seconds(60));
  EXPECT_EQ(world.gateway->session_count(), 0U);
  EXPECT_THAT(world.violations(), testing::IsEmpty());
  return told;
}

constexpr Duration way = milliseconds(500);  // what the links and the game loop may add

TEST(Refusal, OfTheServerAtConnectReachesTheClientWithItsReason) {
  for (const std::uint8_t reason : std::to_array<std::uint8_t>({1, 3})) {
    const auto told =
        told_by({.greeting = Greeting::refuse_connect, .refuse_code = reason}, seconds(5) + way);
    ASSERT_TRUE(told) << int{reason};
    EXPECT_EQ(told->event.status, ClientEvent::Status::by_server);
    EXPECT_EQ(told->event.reason, reason);
  }
}

TEST(Refusal, OfTheServerAtInitReachesTheClientWithItsReason) {
  for (const std::uint8_t reason : std::to_array<std::uint8_t>({1, 3})) {
    const auto told = told_by({.greeting = Greeting::refuse_init, .refuse_code = reason}, seconds(5) + way);
    ASSERT_TRUE(told) << int{reason};
    EXPECT_EQ(told->event.reason, reason);
  }
}

TEST(Refusal, OfASilentServerIsToldWithinTheConnectTimeout) {
  for (const std::size_t servers : {1U, 2U}) {
    const auto told = told_by({.greeting = Greeting::silent}, seconds(5) + way, servers);
    ASSERT_TRUE(told) << servers;
    EXPECT_EQ(told->event.status, ClientEvent::Status::by_server);
    EXPECT_EQ(told->event.reason, 2);
  }
}

TEST(Refusal, OfAServerWithoutInitResponseIsToldWithinTheInitTimeout) {
  session::Options session;
  session.init_timeout = seconds(8);
  const auto told = told_by({.greeting = Greeting::no_init_response}, seconds(8) + way, 1, session);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->event.reason, 2);
  EXPECT_GE(told->after, seconds(7));
}

TEST(Refusal, OfThePortItselfIsToldAtOnce) {
  World world({});
  world.network.detach(first_server_host);  // the network says that nobody lives there
  ClientHost& host = world.add_client(generation_4_1_8, {});
  world.connect(host);
  ASSERT_TRUE(
      world.run_until([&] { return host.client().last(Kind::disconnected) != nullptr; }, seconds(5) + way));
  EXPECT_EQ(host.client().last(Kind::disconnected)->reason, 2);
}

TEST(Refusal, OfAFullGatewayIsToldByTheDoor) {
  WorldOptions options;
  options.gateway.full = true;
  World world(options);
  ClientHost& host = world.add_client(generation_4_1_8, {});
  world.connect(host);
  ASSERT_TRUE(world.run_until([&] { return host.client().last(Kind::disconnected) != nullptr; }, seconds(2)));
  EXPECT_EQ(host.client().last(Kind::disconnected)->reason, 3);
  EXPECT_EQ(world.gateway->session_count(), 0U);
}

TEST(Refusal, OfTheFirstServerIsNotToldWhenAnotherTakesTheClient) {
  WorldOptions options;
  options.servers = 2;
  World world(options);
  world.server_link(0).cut = true;
  ClientHost& host = world.add_client(generation_4_1_8, {});
  world.connect(host);
  EXPECT_TRUE(world.run_until([&] { return host.client().initialised(); }, seconds(5) + way));
  EXPECT_EQ(world.server(1).peer_count(), 1U);
}

}  // namespace
}  // namespace gateway::test
