// A crowd behind one translated address, of which no limit may turn anybody away: defaults, but for
// loopback's exemption.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <sys/resource.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/balanced_scene.h"
#include "support/sanitized.h"

namespace gateway::test {
namespace {

using Scheme = GatewayProcess::Scheme;
using testing::HasSubstr;
using testing::IsEmpty;

const std::size_t crowd = sanitized() ? 100 : 500;

/// Each player has two sockets here, and on streams two more at the servers.
bool descriptors_for(std::size_t count) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::max<rlim_t>(limit.rlim_cur, std::min<rlim_t>(limit.rlim_max, count));
  setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur >= count;
}

/// How long it took is reported and never asserted: clients, servers and gateway share the cores of this
/// machine with whatever else runs on it, and no test of ours asserts speed.
void report(Scheme scheme, Duration took) {
  const auto milliseconds_taken = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
  testing::Test::RecordProperty("clients", std::to_string(crowd));
  testing::Test::RecordProperty("milliseconds", std::to_string(milliseconds_taken));
  std::printf("%zu clients over %s were in rooms of their game servers after %.2f s\n", crowd,
              std::string(net::name(scheme)).c_str(), static_cast<double>(milliseconds_taken) / 1000);
}

class Crowd : public testing::TestWithParam<Scheme> {};
INSTANTIATE_TEST_SUITE_P(Schemes, Crowd, testing::Values(Scheme::udp, Scheme::tcp),
                         [](const auto& tested) { return std::string(net::name(tested.param)); });

TEST_P(Crowd, BehindOneAddressHopsFromMasterToGameAndEverybodyGetsTheKeys) {
  if (!descriptors_for(5 * crowd)) GTEST_SKIP() << "too few descriptors are allowed";
  BalancedScene::Options options;
  options.more = "limits: { exempt: [] }\n";
  BalancedScene scene(GetParam(), options);
  std::vector<std::unique_ptr<SocketPlayer>> owned;
  std::vector<SocketPlayer*> players;
  for (std::size_t i = 0; i < crowd; ++i) {
    PlayerOptions wanted;
    wanted.first = PlayerOptions::First::master;
    wanted.room = "room " + std::to_string(i);
    wanted.user = "player " + std::to_string(i);
    owned.push_back(scene.player(wanted));
    players.push_back(owned.back().get());
  }
  const auto done = [&] {
    return std::ranges::all_of(players, [](const SocketPlayer* player) { return player->player().done(); });
  };
  const TimePoint begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(play_together(players, done, seconds(60)));
  report(GetParam(), std::chrono::steady_clock::now() - begin);
  for (const SocketPlayer* const player : players) {
    ASSERT_TRUE(player->player().in_room()) << player->player().refusal();
    EXPECT_THAT(player->violations(), IsEmpty());
  }
  EXPECT_EQ(scene.sessions("master"), crowd);
  EXPECT_EQ(scene.sessions("game-1") + scene.sessions("game-2"), crowd);
  const std::string metrics = http_get(scene.gateway.admin_port(), "/metrics").body;
  EXPECT_THAT(metrics, HasSubstr("handshakes_total{result=\"ok\"} " + std::to_string(2 * crowd) + "\n"));
  EXPECT_THAT(metrics, HasSubstr("handshakes_total{result=\"throttled\"} 0\n"));
  EXPECT_THAT(scene.servers.violations(), IsEmpty());
}

}  // namespace
}  // namespace gateway::test
