// Photon's own JavaScript client in JSON mode, sent from a name server to a master and to a game server.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/balanced_scene.h"
#include "end_to_end/javascript.h"

namespace gateway::test {
namespace {

using Scheme = GatewayProcess::Scheme;
using testing::IsEmpty;

class JavaScriptBalancing : public JavaScript {
 protected:
  /// What the players printed; both must have come to the game server that the master named.
  std::string play_from(const std::string& name_server, BalancedServers& servers) const {
    const Finished finished = play("ws://" + name_server, 15, "name");
    EXPECT_EQ(finished.status, 0) << finished.output;
    const auto entered = servers.application().entered();
    EXPECT_EQ(entered.size(), 2U);
    for (const auto& player : entered) {
      EXPECT_EQ(player.game, servers.application().find(player.room)) << player.user;
    }
    EXPECT_THAT(servers.violations(), IsEmpty());
    return finished.output;
  }
  std::string play_directly() const {
    BalancedServers servers(Scheme::ws);
    servers.name_each_other({.before = "ws://"});
    return play_from("127.0.0.1:" + std::to_string(servers.name()), servers);
  }
};

TEST_F(JavaScriptBalancing, TwoPlayersFollowTheServersAddresses) {
  play_directly();
}

TEST_F(JavaScriptBalancing, TwoPlayersAreSentToListenersAndCannotTellThemFromServers) {
  BalancedScene::Options options;
  options.spelling.before = "ws://";
  options.more = "rewriting: { unknown_addresses: reject }\n";
  BalancedScene scene(Scheme::ws, options);
  EXPECT_EQ(play_from(scene.name(), scene.servers), play_directly());
  // Alice and bob at the name server once, at the master before and bob once more after the room.
  EXPECT_EQ(scene.sessions("name"), 2U);
  EXPECT_EQ(scene.sessions("master"), 3U);
  EXPECT_EQ(scene.sessions("game-1"), 2U);
}

}  // namespace
}  // namespace gateway::test
