// AuthOnce through the built program: keys are exchanged with the name server alone; master and game server
// get a token with Init, and what is encrypted there is so with a key that the gateway never learns.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/balanced_scene.h"

namespace gateway::test {
namespace {

using Entry = PlayerOptions::Entry;
using Kind = ClientEvent::Kind;
using Scheme = GatewayProcess::Scheme;
using testing::ElementsAre;

class AuthenticateOnce : public testing::TestWithParam<std::tuple<Scheme, Protocol>> {
 protected:
  std::unique_ptr<SocketPlayer> play(BalancedScene& scene, Entry entry = Entry::create) const {
    PlayerOptions wanted;
    wanted.protocol = std::get<Protocol>(GetParam());
    wanted.once = true;
    wanted.entry = entry;
    return scene.played(wanted);
  }

  const Scheme scheme = std::get<Scheme>(GetParam());
};
INSTANTIATE_TEST_SUITE_P(Schemes, AuthenticateOnce,
                         testing::Combine(testing::Values(Scheme::udp, Scheme::tcp, Scheme::ws),
                                          testing::Values(Protocol::v16, Protocol::v18)),
                         [](const auto& tested) {
                           return std::string(net::name(std::get<Scheme>(tested.param))) +
                                  (std::get<Protocol>(tested.param) == Protocol::v16 ? "V16" : "V18");
                         });

TEST_P(AuthenticateOnce, SendsPlayersThroughTheListenersAndPassesWhatIsSealedWithTheTokensKey) {
  BalancedScene scene(scheme);
  const auto alice = play(scene);
  const auto bob = play(scene, Entry::join);
  ASSERT_TRUE(alice->player().in_room()) << alice->player().refusal();
  ASSERT_TRUE(bob->player().in_room()) << bob->player().refusal();
  EXPECT_THAT(bob->player().addresses(), ElementsAre(scene.name(), scene.master(), scene.game(0)));

  const std::vector<std::uint8_t> data{1, 2, 3};
  ASSERT_TRUE(alice->raise(42, data, true));
  ASSERT_TRUE(play_together(
      {alice.get(), bob.get()}, [&] { return bob->event(42) != nullptr; }, patience));
  EXPECT_TRUE(bob->event(42)->encrypted);
  ASSERT_TRUE(bob->raise(43, data, false));
  ASSERT_TRUE(play_together(
      {alice.get(), bob.get()}, [&] { return alice->event(43) != nullptr; }, patience));
  EXPECT_FALSE(alice->event(43)->encrypted);
  EXPECT_EQ(scene.servers.opened(), 1U);
  scene.expect_clean(*alice);
  scene.expect_clean(*bob);
}

TEST_P(AuthenticateOnce, EndsWithTheFirstMessageThatCannotBeReadWhereThatIsWanted) {
  BalancedScene::Options options;
  options.more = "encryption: { unknown_key: end }\n";
  BalancedScene scene(scheme, options);
  const auto player = play(scene);
  ASSERT_TRUE(player->player().in_room()) << player->player().refusal();
  const std::vector<std::uint8_t> data{1, 2, 3};
  ASSERT_TRUE(player->raise(42, data, true));
  const auto refused = [&] { return player->player().place() == Player::Place::refused; };
  EXPECT_TRUE(play_together({player.get()}, refused, patience));
  EXPECT_EQ(player->player().refusal(), "disconnected");
  EXPECT_EQ(scene.servers.opened(), 0U);
  scene.expect_clean(*player);
}

}  // namespace
}  // namespace gateway::test
