// SIGHUP and LoadBalancing: what a reload changes for players who are on their way, or in their room.

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/balanced_scene.h"

namespace gateway::test {
namespace {

using Entry = PlayerOptions::Entry;
using Scheme = GatewayProcess::Scheme;
using testing::ElementsAre;

constexpr auto schemes = {Scheme::udp, Scheme::tcp, Scheme::ws};

PlayerOptions options(Entry entry, const std::string& room = "room") {
  PlayerOptions options;
  options.entry = entry;
  options.room = room;
  return options;
}

/// Reloads the scene's file with another text wherever it says this one.
bool reload(BalancedScene& scene, const std::string& text, const std::string& by) {
  std::ifstream file(scene.gateway.config_path());
  std::string config{std::istreambuf_iterator<char>(file), {}};
  EXPECT_NE(config.find(text), std::string::npos) << config;
  for (auto at = config.find(text); at != std::string::npos; at = config.find(text, at + by.size()))
    config.replace(at, text.size(), by);
  scene.gateway.write_config(config);
  return scene.gateway.reload();
}

/// A player whose session at this listener has just begun, so that nothing was asked there yet.
std::unique_ptr<SocketPlayer> arrived(BalancedScene& scene, const PlayerOptions& wanted,
                                      const std::string& listener) {
  const std::size_t before = scene.sessions(listener);
  auto player = scene.player(wanted);
  EXPECT_TRUE(play_together(
      {player.get()}, [&] { return scene.sessions(listener) > before; }, patience));
  return player;
}

void play_on(SocketPlayer& player) {
  EXPECT_TRUE(play_together(
      {&player}, [&] { return player.player().done(); }, patience));
}

TEST(ReloadOfAddresses, APublicAddressChangesForASessionThatLives) {
  for (const Scheme scheme : schemes) {
    SCOPED_TRACE(net::name(scheme));
    BalancedScene scene(scheme);
    const auto alice = scene.played(options(Entry::create));
    EXPECT_TRUE(alice->player().in_room()) << alice->player().refusal();
    EXPECT_THAT(alice->player().addresses(), ElementsAre(scene.name(), scene.master(), scene.game(0)));

    const auto bob = arrived(scene, options(Entry::join), "master");
    const std::string moved = "localhost" + scene.game(0).substr(scene.game(0).find(':'));
    ASSERT_TRUE(
        reload(scene, "public_address: \"" + scene.game(0) + "\"", "public_address: \"" + moved + "\""));
    play_on(*bob);
    EXPECT_TRUE(bob->player().in_room()) << bob->player().refusal();
    EXPECT_THAT(bob->player().addresses(), ElementsAre(scene.name(), scene.master(), moved));
    scene.expect_clean(*alice);
    scene.expect_clean(*bob);
  }
}

/// What an operator finds when servers were given another name: nobody gets in until the file says it too.
TEST(ReloadOfAddresses, WhatAServerCallsItselfIsKnownAtOnceForASessionThatLives) {
  for (const Scheme scheme : schemes) {
    SCOPED_TRACE(net::name(scheme));
    BalancedScene::Options names;
    names.spelling.host = "old.example.com";
    names.more = "rewriting: { unknown_addresses: reject }\n";
    BalancedScene scene(scheme, names);
    scene.servers.name_each_other({.host = "new.example.com"});
    const auto alice = scene.played(options(Entry::create));
    EXPECT_EQ(alice->player().return_code(), -1) << alice->player().refusal();

    const auto bob = arrived(scene, options(Entry::create), "name");
    ASSERT_TRUE(reload(scene, "old.example.com", "new.example.com"));
    play_on(*bob);
    EXPECT_TRUE(bob->player().in_room()) << bob->player().refusal();
    EXPECT_THAT(bob->player().addresses(), ElementsAre(scene.name(), scene.master(), scene.game(0)));
    scene.expect_clean(*bob);
  }
}

/// The second game server has no listener.
TEST(ReloadOfAddresses, UnknownOnesAreRefusedAtOnceToASessionThatLives) {
  for (const Scheme scheme : schemes) {
    SCOPED_TRACE(net::name(scheme));
    BalancedScene::Options one_game;
    one_game.fronted_games = 1;
    one_game.more = "rewriting: { unknown_addresses: pass }\n";
    BalancedScene scene(scheme, one_game);
    const auto wanting = [](Entry entry, const std::string& room) {
      PlayerOptions wanted = options(entry, room);
      wanted.encryption = PlayerOptions::Encryption::none;  // there is nobody to answer at the server itself
      return wanted;
    };
    const auto unknown = "127.0.0.1:" + std::to_string(scene.servers.game(1));
    EXPECT_TRUE(scene.played(wanting(Entry::create, "one"))->player().in_room());
    const auto alice = scene.played(wanting(Entry::create, "two"));
    EXPECT_TRUE(alice->player().in_room()) << alice->player().refusal();
    EXPECT_THAT(alice->player().addresses(), ElementsAre(scene.name(), scene.master(), unknown));

    const auto bob = arrived(scene, wanting(Entry::join, "two"), "master");
    ASSERT_TRUE(reload(scene, "unknown_addresses: pass", "unknown_addresses: reject"));
    play_on(*bob);
    EXPECT_EQ(bob->player().return_code(), -1) << bob->player().refusal();
    EXPECT_THAT(bob->player().addresses(), ElementsAre(scene.name(), scene.master()));
    scene.expect_clean(*bob);
  }
}

TEST(ReloadOfUnknownKey, EndsASessionThatLivesWithItsNextMessageThatCannotBeRead) {
  for (const Scheme scheme : schemes) {
    SCOPED_TRACE(net::name(scheme));
    BalancedScene::Options passing;
    passing.more = "encryption: { unknown_key: pass }\n";
    BalancedScene scene(scheme, passing);
    PlayerOptions wanted = options(Entry::create);
    wanted.once = true;
    const auto player = scene.played(wanted);
    ASSERT_TRUE(player->player().in_room()) << player->player().refusal();
    const std::vector<std::uint8_t> data{1, 2, 3};
    ASSERT_TRUE(player->raise(42, data, true));
    EXPECT_TRUE(play_together(
        {player.get()}, [&] { return scene.servers.opened() == 1; }, patience));

    ASSERT_TRUE(reload(scene, "unknown_key: pass", "unknown_key: end"));
    ASSERT_TRUE(player->raise(42, data, true));
    const auto refused = [&] { return player->player().place() == Player::Place::refused; };
    EXPECT_TRUE(play_together({player.get()}, refused, patience));
    EXPECT_EQ(player->player().refusal(), "disconnected");
    EXPECT_EQ(scene.servers.opened(), 1U);
    scene.expect_clean(*player);
  }
}

}  // namespace
}  // namespace gateway::test
