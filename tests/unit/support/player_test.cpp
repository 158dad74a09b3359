// The player plays with the servers themselves, without any gateway.

#include "support/player.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/balanced_servers.h"
#include "support/socket_player.h"

namespace gateway::test {
namespace {

using net::Scheme;
using testing::ElementsAre;
using testing::IsEmpty;
using Encryption = PlayerOptions::Encryption;
using Entry = PlayerOptions::Entry;

constexpr Duration patience = seconds(20);

std::string at(std::uint16_t port) {
  return "127.0.0.1:" + std::to_string(port);
}

class PlayerOver : public testing::TestWithParam<std::tuple<Scheme, Protocol>> {
 protected:
  PlayerOptions options(Entry entry = Entry::create, const std::string& user = "alice") const {
    PlayerOptions options;
    options.protocol = std::get<Protocol>(GetParam());
    options.encryption = Encryption::none;
    options.entry = entry;
    options.user = user;
    return options;
  }
  std::unique_ptr<SocketPlayer> play(const PlayerOptions& options) {
    const bool from_name = options.first == PlayerOptions::First::name;
    auto player =
        std::make_unique<SocketPlayer>(scheme, options, at(from_name ? servers.name() : servers.master()));
    EXPECT_TRUE(play_together(
        {player.get()}, [&] { return player->player().done(); }, patience));
    return player;
  }

  const Scheme scheme = std::get<Scheme>(GetParam());
  BalancedServers servers{scheme};
};
INSTANTIATE_TEST_SUITE_P(Schemes, PlayerOver,
                         testing::Combine(testing::Values(Scheme::udp, Scheme::tcp, Scheme::ws),
                                          testing::Values(Protocol::v16, Protocol::v18)),
                         [](const auto& tested) {
                           return std::string(net::name(std::get<Scheme>(tested.param))) +
                                  (std::get<Protocol>(tested.param) == Protocol::v16 ? "V16" : "V18");
                         });

TEST_P(PlayerOver, GoesFromTheNameServerIntoARoom) {
  const auto player = play(options());
  EXPECT_TRUE(player->player().in_room()) << player->player().refusal();
  EXPECT_EQ(player->player().actor(), 1);
  EXPECT_THAT(player->player().addresses(),
              ElementsAre(at(servers.name()), at(servers.master()), at(servers.game(0))));
  EXPECT_THAT(player->violations(), IsEmpty());
  EXPECT_THAT(servers.violations(), IsEmpty());
}

TEST_P(PlayerOver, MeetsASecondOneWhoComesAtRandomAndHearsTheirEvents) {
  const auto alice = play(options());
  const auto bob = play(options(Entry::random, "bob"));
  ASSERT_TRUE(bob->player().in_room()) << bob->player().refusal();
  EXPECT_EQ(bob->player().actor(), 2);
  EXPECT_EQ(bob->player().addresses().back(), alice->player().addresses().back());
  const std::vector<std::uint8_t> data{1, 2, 3};
  ASSERT_TRUE(bob->raise(42, data, false));
  EXPECT_TRUE(play_together(
      {alice.get(), bob.get()}, [&] { return alice->event(42) != nullptr; }, patience));
}

TEST_P(PlayerOver, IsToldByTheMasterWhereEveryRoomIsByTurns) {
  for (const std::size_t game : {0U, 1U, 0U}) {
    PlayerOptions wanted = options();
    wanted.first = PlayerOptions::First::master;
    wanted.room = "room " + std::to_string(servers.application().entered().size());
    EXPECT_EQ(play(wanted)->player().addresses().back(), at(servers.game(game)));
    EXPECT_EQ(servers.application().entered().back().game, game);
  }
}

TEST_P(PlayerOver, ReadsTheRegionsInBothForms) {
  for (const StringsForm form : {StringsForm::array, StringsForm::compact}) {
    auto names = servers.application().names();
    names.form = form;
    names.regions = {{"eu", "198.51.100.1:5055"}, {"us", "us.example.com:5055"}};
    servers.application().names(names);
    PlayerOptions wanted = options();
    wanted.asks_regions = true;
    wanted.room = form == StringsForm::array ? "one" : "two";
    const auto player = play(wanted);
    EXPECT_TRUE(player->player().in_room()) << player->player().refusal();
    EXPECT_THAT(player->player().regions(), ElementsAre("eu", "us"));
    EXPECT_THAT(player->player().region_addresses(), ElementsAre("198.51.100.1:5055", "us.example.com:5055"));
  }
}

TEST_P(PlayerOver, IsRefusedByReturnCodeWhereThereIsNoSuchRoom) {
  EXPECT_EQ(play(options(Entry::join))->player().return_code(), 32758);
  EXPECT_EQ(play(options(Entry::random))->player().return_code(), 32760);
  EXPECT_TRUE(play(options())->player().in_room());
  EXPECT_EQ(play(options())->player().return_code(), 32766);
}

TEST_P(PlayerOver, PlaysWithTheKeyOfItsTokenWithoutAnyExchange) {
  // The name server would need an exchange; the master gives a token just as well.
  PlayerOptions wanted = options();
  wanted.first = PlayerOptions::First::master;
  wanted.once = true;
  const auto alice = play(wanted);
  ASSERT_TRUE(alice->player().in_room()) << alice->player().refusal();
  const std::vector<std::uint8_t> data{1, 2, 3};
  wanted.entry = Entry::join;
  const auto bob = play(wanted);
  ASSERT_TRUE(bob->player().in_room()) << bob->player().refusal();
  ASSERT_TRUE(alice->raise(42, data, true));
  ASSERT_TRUE(play_together(
      {alice.get(), bob.get()}, [&] { return bob->event(42) != nullptr; }, patience));
  EXPECT_TRUE(bob->event(42)->encrypted);
  EXPECT_EQ(servers.opened(), 1U);
  EXPECT_THAT(servers.violations(), IsEmpty());
}

TEST(Player, WithATokenThatNobodyGaveIsRefused) {
  // The master lets in, and its game server belongs to another application.
  BalancedServers one(Scheme::tcp);
  BalancedServers other(Scheme::tcp);
  auto names = one.application().names();
  names.games = {at(other.game(0))};
  one.application().names(names);
  PlayerOptions wanted;
  wanted.encryption = Encryption::none;
  SocketPlayer player(Scheme::tcp, wanted, at(one.name()));
  ASSERT_TRUE(play_together(
      {&player}, [&] { return player.player().done(); }, patience));
  EXPECT_EQ(player.player().place(), Player::Place::refused);
  EXPECT_EQ(player.player().return_code(), 32767);
}

}  // namespace
}  // namespace gateway::test
