#include "net/left_out_log.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace gateway::net {
namespace {

using session::End;

class LeftOutLogTest : public testing::Test {
 protected:
  LeftOutLogTest() {
    for (ShardStats* shard : {&one, &two}) shard->listeners = std::vector<ListenerStats>(2);
  }
  static void end(ShardStats& shard, std::size_t listener, End end, std::uint64_t sessions) {
    shard.listeners[listener].session.ended[static_cast<std::size_t>(end)].add(sessions);
  }
  /// The line of the log; empty when there is none.
  std::string told() {
    const auto line = log.take({&one, &two});
    return line ? log_text(line->str()) : "";
  }

  ShardStats one, two;
  LeftOutLog log;
};

TEST_F(LeftOutLogTest, SaysNothingWhileEveryRecordIsWritten) {
  end(one, 0, End::client_disconnect, 1000);
  EXPECT_EQ(told(), "");
}

TEST_F(LeftOutLogTest, SaysHowManyAndWhatMostSessionsEndedBy) {
  one.records_left_out.add(500);
  two.records_left_out.add(400);
  end(one, 0, End::client_disconnect, 900);
  end(one, 1, End::client_timeout, 600);
  end(two, 0, End::client_timeout, 600);
  EXPECT_EQ(told(),
            "session records left out count=900 mostly=client_timeout: more sessions end than log.sessions "
            "allows");
  EXPECT_EQ(told(), "") << "once";
}

TEST_F(LeftOutLogTest, LooksAtWhatEndedSinceTheLastTime) {
  end(one, 0, End::client_timeout, 1000);
  EXPECT_EQ(told(), "");
  one.records_left_out.add(1);
  end(one, 0, End::server_disconnect, 2);
  EXPECT_EQ(told(),
            "session records left out count=1 mostly=server_disconnect: more sessions end than log.sessions "
            "allows");
}

TEST_F(LeftOutLogTest, KnowsNoReasonWhereOnlyBlocksAreLeftOut) {
  two.records_left_out.add(3);
  EXPECT_EQ(told(), "session records left out count=3: more sessions end than log.sessions allows");
}

}  // namespace
}  // namespace gateway::net
