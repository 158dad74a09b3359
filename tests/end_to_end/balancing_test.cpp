// LoadBalancing through the built program: players who know the name server's listener are sent on to the
// listeners in front of the master and of exactly the game server that the master chose.

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/balanced_scene.h"

namespace gateway::test {
namespace {

using Encryption = PlayerOptions::Encryption;
using Entry = PlayerOptions::Entry;
using Kind = ClientEvent::Kind;
using Scheme = GatewayProcess::Scheme;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSubsetOf;

constexpr auto schemes = {Scheme::udp, Scheme::tcp, Scheme::ws};
const std::vector<std::uint8_t> data{1, 2, 3, 4, 5};

std::string name_of(Scheme scheme, Protocol protocol) {
  return std::string(net::name(scheme)) + (protocol == Protocol::v16 ? "V16" : "V18");
}

std::string name_of(Encryption encryption) {
  switch (encryption) {
    case Encryption::none:
      return "Clear";
    case Encryption::stock:
      return "Stock";
    case Encryption::everything:
      return "Encrypted";
  }
  return {};
}

PlayerOptions options(Protocol protocol, Entry entry = Entry::create) {
  PlayerOptions options;
  options.protocol = protocol;
  options.entry = entry;
  return options;
}

// A hundred players
// ---------------------------------------------------------------------------------------------------

class Balancing : public testing::TestWithParam<std::tuple<Scheme, Protocol, Encryption>> {
 protected:
  /// Fifty at once, each in a room of its own number.
  void play(Entry entry) {
    std::vector<SocketPlayer*> players;
    for (int i = 0; i < 50; ++i) {
      PlayerOptions wanted = options(std::get<Protocol>(GetParam()), entry);
      wanted.encryption = std::get<Encryption>(GetParam());
      wanted.room = "room " + std::to_string(i);
      wanted.user = "player " + std::to_string(i);
      players_.push_back(scene.player(wanted));
      players.push_back(players_.back().get());
    }
    const auto done = [&] {
      return std::ranges::all_of(players, [](const SocketPlayer* player) { return player->player().done(); });
    };
    ASSERT_TRUE(play_together(players, done, seconds(60)));
    for (const SocketPlayer* const player : players) check(*player);
  }

  void check(const SocketPlayer& player) {
    const Player& played = player.player();
    ASSERT_TRUE(played.in_room()) << played.refusal() << " " << played.return_code();
    const auto game = scene.servers.application().find(played.options().room);
    ASSERT_TRUE(game);
    EXPECT_THAT(played.addresses(), ElementsAre(scene.name(), scene.master(), scene.game(*game)));
    EXPECT_THAT(player.violations(), IsEmpty());
  }

  BalancedScene scene{std::get<Scheme>(GetParam())};
  std::vector<std::unique_ptr<SocketPlayer>> players_;
};
INSTANTIATE_TEST_SUITE_P(
    Schemes, Balancing,
    testing::Combine(testing::ValuesIn(schemes), testing::Values(Protocol::v16, Protocol::v18),
                     testing::Values(Encryption::none, Encryption::stock, Encryption::everything)),
    [](const auto& tested) {
      return name_of(std::get<Scheme>(tested.param), std::get<Protocol>(tested.param)) +
             name_of(std::get<Encryption>(tested.param));
    });

TEST_P(Balancing, AHundredPlayersOfAHundredReachTheGameServerThatTheMasterNamed) {
  play(Entry::create);
  play(Entry::join);
  std::map<std::size_t, int> players_of;
  for (const auto& entered : scene.servers.application().entered()) {
    EXPECT_EQ(entered.game, scene.servers.application().find(entered.room)) << entered.room;
    ++players_of[entered.game];
  }
  EXPECT_THAT(players_of, ElementsAre(std::pair(0, 50), std::pair(1, 50)));
  EXPECT_EQ(scene.sessions("name"), 100U);
  EXPECT_EQ(scene.sessions("master"), 100U);
  EXPECT_EQ(scene.sessions("game-1"), 50U);
  EXPECT_EQ(scene.sessions("game-2"), 50U);
  EXPECT_THAT(scene.servers.violations(), IsEmpty());
}

// Two players, and what the servers write
// -----------------------------------------------------------------------------

class BalancingOver : public testing::TestWithParam<std::tuple<Scheme, Protocol>> {
 protected:
  PlayerOptions options(Entry entry = Entry::create) const {
    return test::options(std::get<Protocol>(GetParam()), entry);
  }
  /// An operation that is answered sealed shows that the gateway may seal events too.
  static void confirm_key(SocketPlayer& player) {
    const auto answered = [&] {
      const auto& events = player.peer().events();
      return !events.empty() && events.back().kind == Kind::response && events.back().encrypted;
    };
    ASSERT_TRUE(player.peer().operation(player.now(), static_cast<std::uint8_t>(Operation::echo), {}, true));
    ASSERT_TRUE(play_together({&player}, answered, patience));
  }
  static void expect_heard(SocketPlayer& from, SocketPlayer& to, std::uint8_t code, bool encrypt) {
    ASSERT_TRUE(from.raise(code, data, encrypt));
    ASSERT_TRUE(play_together(
        {&from, &to}, [&] { return to.event(code) != nullptr; }, patience));
    EXPECT_EQ(to.event(code)->encrypted, encrypt);
  }

  const Scheme scheme = std::get<Scheme>(GetParam());
};
INSTANTIATE_TEST_SUITE_P(Schemes, BalancingOver,
                         testing::Combine(testing::ValuesIn(schemes),
                                          testing::Values(Protocol::v16, Protocol::v18)),
                         [](const auto& tested) {
                           return name_of(std::get<Scheme>(tested.param), std::get<Protocol>(tested.param));
                         });

TEST_P(BalancingOver, TwoPlayersInOneRoomHearEachOthersClearAndSealedEvents) {
  BalancedScene scene(scheme);
  const auto alice = scene.played(options());
  const auto bob = scene.played(options(Entry::random));
  ASSERT_TRUE(alice->player().in_room() && bob->player().in_room()) << bob->player().refusal();
  EXPECT_EQ(bob->player().actor(), 2);
  confirm_key(*alice);
  confirm_key(*bob);
  expect_heard(*alice, *bob, 10, false);
  expect_heard(*bob, *alice, 11, false);
  expect_heard(*alice, *bob, 20, true);
  expect_heard(*bob, *alice, 21, true);
  scene.expect_clean(*alice);
  scene.expect_clean(*bob);
}

TEST_P(BalancingOver, AClientThatStartsAtTheMasterIsSentToTheGamesListener) {
  BalancedScene scene(scheme);
  PlayerOptions wanted = options();
  wanted.first = PlayerOptions::First::master;
  const auto player = scene.played(wanted);
  EXPECT_TRUE(player->player().in_room()) << player->player().refusal();
  EXPECT_THAT(player->player().addresses(), ElementsAre(scene.master(), scene.game(0)));
  scene.expect_clean(*player);
}

TEST_P(BalancingOver, EveryRegionOfAListIsOneOfOurListeners) {
  BalancedScene scene(scheme);
  for (const StringsForm form : {StringsForm::array, StringsForm::compact}) {
    auto names = scene.servers.application().names();
    names.form = form;
    names.regions = {{"eu", names.master}, {"us", names.games[1]}, {"asia", names.games[0]}};
    scene.servers.application().names(names);
    PlayerOptions wanted = options();
    wanted.asks_regions = true;
    wanted.room = form == StringsForm::array ? "one" : "two";
    const auto player = scene.played(wanted);
    EXPECT_TRUE(player->player().in_room()) << player->player().refusal();
    EXPECT_THAT(player->player().regions(), ElementsAre("eu", "us", "asia"));
    EXPECT_THAT(player->player().region_addresses(),
                ElementsAre(scene.master(), scene.game(1), scene.game(0)));
    scene.expect_clean(*player);
  }
}

TEST_P(BalancingOver, AServersRefusalPassesAndSoDoesANameThatIsAdvertised) {
  BalancedScene::Options names;
  names.spelling.host = "servers.example.com";
  names.public_host = "localhost";
  BalancedScene scene(scheme, names);
  EXPECT_EQ(scene.played(options(Entry::join))->player().return_code(), 32758);
  const auto player = scene.played(options());
  EXPECT_TRUE(player->player().in_room()) << player->player().refusal();
  EXPECT_THAT(player->player().addresses(), ElementsAre(scene.name(), scene.master(), scene.game(0)));
  scene.expect_clean(*player);
}

TEST_P(BalancingOver, AnAddressOfIPv6StandsInBracketsOnBothSides) {
  BalancedScene::Options ipv6;
  ipv6.spelling.host = "[2001:db8::21]";
  ipv6.listen_host = ipv6.public_host = "[::1]";
  BalancedScene scene(scheme, ipv6);
  const auto player = scene.played(options());
  EXPECT_TRUE(player->player().in_room()) << player->player().refusal();
  EXPECT_THAT(player->player().addresses(), ElementsAre(scene.name(), scene.master(), scene.game(0)));
  scene.expect_clean(*player);
}

// Servers without a listener
// ------------------------------------------------------------------------------------------

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size()))
    ++count;
  return count;
}

/// The second game server has no listener; the first room is on the first one.
BalancedScene::Options with_one_game(const std::string& more = "") {
  BalancedScene::Options options;
  options.fronted_games = 1;
  options.more = more;
  return options;
}

TEST_P(BalancingOver, AnUnknownAddressPassesAndIsLoggedOnce) {
  BalancedScene scene(scheme, with_one_game());
  for (const std::string room : {"one", "two", "three", "four"}) {
    PlayerOptions wanted = options();
    wanted.encryption = Encryption::none;  // there is nobody to answer at the server itself
    wanted.room = room;
    const auto player = scene.played(wanted);
    EXPECT_TRUE(player->player().in_room()) << player->player().refusal();
  }
  const std::string unknown = "127.0.0.1:" + std::to_string(scene.servers.game(1));
  EXPECT_TRUE(scene.gateway.process().wait_for_output(unknown, patience));
  EXPECT_EQ(scene.gateway.stop(), 0);
  EXPECT_EQ(count_of(scene.gateway.process().output(), unknown), 1U) << scene.gateway.process().output();
}

TEST_P(BalancingOver, AnUnknownAddressIsRefusedWhereThatIsWanted) {
  BalancedScene scene(scheme, with_one_game("rewriting: { unknown_addresses: reject }\n"));
  for (const std::string room : {"one", "two"}) {
    PlayerOptions wanted = options();
    wanted.room = room;
    const auto player = scene.played(wanted);
    EXPECT_EQ(player->player().in_room(), room == "one") << player->player().refusal();
    EXPECT_EQ(player->player().return_code(), room == "one" ? 0 : -1);
    EXPECT_THAT(player->player().addresses(), IsSubsetOf(scene.public_addresses()));
    scene.expect_clean(*player);
  }
}

// WebSocket's own
// -----------------------------------------------------------------------------------------------------

TEST(WebSocketBalancing, SchemeAndPathOfAnAddressStay) {
  BalancedScene::Options options;
  options.spelling.before = "ws://";
  options.spelling.after = "/photon/server";
  BalancedScene scene(Scheme::ws, options);
  const auto player = scene.played({});
  EXPECT_TRUE(player->player().in_room()) << player->player().refusal();
  EXPECT_THAT(player->player().addresses(),
              ElementsAre(scene.name(), "ws://" + scene.master() + "/photon/server",
                          "ws://" + scene.game(0) + "/photon/server"));
  scene.expect_clean(*player);
}

}  // namespace
}  // namespace gateway::test
