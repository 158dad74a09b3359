#include "transport/lifecycle.h"

#include <gtest/gtest.h>

#include "unit/transport/commands.h"

namespace gateway::transport {
namespace {

struct LifecycleTest : testing::Test {
  Options options;
  TimePoint now = test::start_time;
  Lifecycle server{options, Role::server, now};
  Lifecycle client{options, Role::client, now};
};

TEST_F(LifecycleTest, OpensAtOnceAsAServerAndAfterVerifyConnectAsAClient) {
  EXPECT_EQ(server.phase(), Phase::open);
  EXPECT_EQ(client.phase(), Phase::opening);
  EXPECT_FALSE(client.takes_data());
  client.verified(now);
  EXPECT_EQ(client.phase(), Phase::open);
  EXPECT_TRUE(client.takes_data());
}

TEST_F(LifecycleTest, GivesUpAConnectThatIsNeverVerified) {
  EXPECT_EQ(client.deadline(), now + options.resend_deadline);
  client.advance(now + options.resend_deadline);
  EXPECT_EQ(client.reason().cause, Cause::timeout);
  const auto farewell = client.farewell().value();
  EXPECT_EQ(farewell.flags, wire::Flags::unsequenced);
  EXPECT_EQ(farewell.code, 2);
  EXPECT_FALSE(farewell.repeated);
  client.farewell_sent();
  EXPECT_EQ(client.phase(), Phase::closed);
  EXPECT_EQ(client.deadline(), never);
}

TEST_F(LifecycleTest, TimesOutASilentPeer) {
  server.heard(now + seconds(20));
  server.advance(now + seconds(49));
  EXPECT_EQ(server.phase(), Phase::open);
  server.advance(now + seconds(50));
  EXPECT_EQ(server.reason().cause, Cause::timeout);
  const auto farewell = server.farewell().value();
  EXPECT_EQ(farewell.flags, wire::Flags::reliable);
  EXPECT_EQ(farewell.code, 2);
  EXPECT_FALSE(farewell.repeated);
}

TEST_F(LifecycleTest, WantsAPingAfterASecondOfSilenceWhileOpen) {
  EXPECT_EQ(client.ping_due(), never);
  EXPECT_EQ(server.ping_due(), now + seconds(1));
  server.heard(now + milliseconds(300));
  EXPECT_EQ(server.ping_due(), now + milliseconds(1300));
}

TEST_F(LifecycleTest, LeavesThePingToAClientThatPingsByItself) {
  server.pinged();
  EXPECT_EQ(server.ping_due(), now + milliseconds(1500));
  server.ping_acknowledged();  // it didn't: its game loop stands still
  EXPECT_EQ(server.ping_due(), now + seconds(1));
}

TEST_F(LifecycleTest, WantsAPingAsAClientASecondAfterTheLastAckWhateverElseItHears) {
  client.verified(now);
  client.heard(now + milliseconds(900));
  EXPECT_EQ(client.ping_due(), now + seconds(1));
  client.acknowledged(now + milliseconds(500));
  EXPECT_EQ(client.ping_due(), now + milliseconds(1500));
}

TEST_F(LifecycleTest, FlushesBeforeItLeaves) {
  server.close(now, {Cause::local, 3}, Linger::flush);
  EXPECT_EQ(server.phase(), Phase::closing);
  EXPECT_TRUE(server.keeps_data());
  EXPECT_FALSE(server.takes_data());
  EXPECT_FALSE(server.farewell());
  server.flushed(now);
  EXPECT_FALSE(server.keeps_data());
  EXPECT_EQ(server.farewell()->code, 3);
  EXPECT_TRUE(server.farewell()->repeated);
  server.farewell_sent();
  EXPECT_FALSE(server.farewell());
  server.farewell_acknowledged();
  EXPECT_EQ(server.phase(), Phase::closed);
  EXPECT_EQ(server.reason().cause, Cause::local);
}

TEST_F(LifecycleTest, FlushesNoLongerThanItLingers) {
  server.close(now, {Cause::local, 1}, Linger::flush);
  EXPECT_EQ(server.deadline(), now + options.linger);
  server.advance(now + options.linger);
  EXPECT_TRUE(server.farewell());
  server.farewell_sent();
  server.advance(now + 2 * options.linger);
  EXPECT_EQ(server.phase(), Phase::closed);
}

TEST_F(LifecycleTest, CanBeShortenedByASecondCloseThatDoesNotChangeTheReason) {
  server.close(now, {Cause::local, 1}, Linger::flush);
  server.close(now, {Cause::overflow, 4}, Linger::now);
  EXPECT_EQ(server.farewell()->code, 1);
  EXPECT_EQ(server.reason().cause, Cause::local);
}

TEST_F(LifecycleTest, IgnoresAFlushAfterANow) {
  server.close(now, {Cause::local, 1}, Linger::now);
  server.close(now, {Cause::local, 4}, Linger::flush);
  EXPECT_EQ(server.farewell()->code, 1);
}

TEST_F(LifecycleTest, GivesUpOpeningAsAStockClientDoes) {
  client.close(now, {Cause::local, 4}, Linger::now);
  EXPECT_EQ(client.farewell()->flags, wire::Flags::unsequenced);
  EXPECT_EQ(client.farewell()->code, 4);
  client.farewell_sent();
  EXPECT_EQ(client.phase(), Phase::closed);
}

TEST_F(LifecycleTest, PassesAClientsTimeoutOnWithoutWaiting) {
  client.verified(now);
  client.close(now, {Cause::timeout, 2}, Linger::now);
  EXPECT_EQ(client.farewell()->flags, wire::Flags::unsequenced);
  EXPECT_EQ(client.farewell()->code, 2);
  EXPECT_FALSE(client.farewell()->repeated);
}

TEST_F(LifecycleTest, ClosesWhenThePeersDisconnectIsAcknowledged) {
  server.peer_left(now, 4, true);
  EXPECT_EQ(server.phase(), Phase::closing);
  EXPECT_FALSE(server.takes_data());
  server.acks_left();
  EXPECT_EQ(server.phase(), Phase::closed);
  EXPECT_EQ(server.reason().cause, Cause::peer);
  EXPECT_EQ(server.reason().code, 4);
}

TEST_F(LifecycleTest, ClosesAtOnceOnADisconnectThatWantsNoAck) {
  server.peer_left(now, 2, false);
  EXPECT_EQ(server.phase(), Phase::closed);
  EXPECT_EQ(server.reason().code, 2);
}

TEST_F(LifecycleTest, EndsItsWaitingWithThePeersDisconnect) {
  server.close(now, {Cause::local, 1}, Linger::now);
  server.farewell_sent();
  server.peer_left(now, 4, false);
  EXPECT_EQ(server.phase(), Phase::closed);
  EXPECT_EQ(server.reason().cause, Cause::local) << "what ended it first is the reason";
}

TEST_F(LifecycleTest, TreatsAnUnansweredCommandAsATimeout) {
  server.unanswered(now);
  EXPECT_EQ(server.reason().cause, Cause::timeout);
  EXPECT_EQ(server.phase(), Phase::closing);
}

}  // namespace
}  // namespace gateway::transport
