#include "net/drop_log.h"

#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace gateway::net {
namespace {

/// The lines of the log at `now`, when so many were dropped up to then.
std::vector<std::string> told(DropLog& log, std::uint64_t dropped, TimePoint now) {
  std::vector<std::string> lines;
  for (const DropLog::Line& line : log.take({{"master", "no_session", false, dropped}}, now))
    lines.push_back(log_text(line.text.str()));
  return lines;
}

using Lines = std::vector<std::string>;
constexpr TimePoint start(hours(1));

TEST(DropLog, SaysNothingWhileNothingIsDropped) {
  DropLog log;
  for (int i = 0; i < 30; ++i) EXPECT_EQ(told(log, 0, start + seconds(i)), Lines{});
}

TEST(DropLog, SaysTheFirstAtOnceAndTheOthersAtTheEndOfTheWindow) {
  DropLog log;
  EXPECT_EQ(told(log, 1, start),
            Lines{"dropped without a session listener=master reason=no_session count=1"});
  for (std::uint64_t i = 1; i < 10; ++i) {
    EXPECT_EQ(told(log, 1 + 100 * i, start + seconds(i)), Lines{});
  }
  EXPECT_EQ(told(log, 1001, start + seconds(10)),
            Lines{"dropped without a session listener=master reason=no_session count=1000 seconds=10.000"});
}

TEST(DropLog, SaysOneLineAWindowHoweverLongItLasts) {
  DropLog log;
  std::size_t lines = 0;
  for (std::uint64_t i = 0; i <= 60; ++i) lines += told(log, 1000 * (i + 1), start + seconds(i)).size();
  EXPECT_EQ(lines, 7U) << "the first, and six windows";
}

TEST(DropLog, BeginsAnewAfterAQuietWindow) {
  DropLog log;
  told(log, 1, start);
  EXPECT_EQ(told(log, 1, start + seconds(10)), Lines{});
  EXPECT_EQ(told(log, 3, start + seconds(11)),
            Lines{"dropped without a session listener=master reason=no_session count=2"});
}

TEST(DropLog, SaysWhatIsLeftOfAWindowAtTheEnd) {
  DropLog log;
  static_cast<void>(told(log, 1, start));
  const auto lines = log.take({{"master", "no_session", false, 4}}, start + seconds(2), true);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(log_text(lines[0].text.str()),
            "dropped without a session listener=master reason=no_session count=3 seconds=2.000");
}

TEST(DropLog, KeepsListenersAndReasonsApart) {
  DropLog log;
  const std::vector<Drop> drops = {
      {"a", "access", false, 1}, {"a", "sessions", true, 0}, {"b", "access", false, 4}};
  const auto lines = log.take(drops, start);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(log_text(lines[0].text.str()), "dropped without a session listener=a reason=access count=1");
  EXPECT_EQ(log_text(lines[1].text.str()), "dropped without a session listener=b reason=access count=4");
}

TEST(DropLog, WarnsWhereALimitWasMet) {
  std::set<std::string_view> warnings;
  const std::vector<ListenerOptions> listeners(1);
  ShardStats shard;
  shard.listeners = std::vector<ListenerStats>(1);
  for (const Drop& drop : drops_of(listeners, {&shard})) {
    if (drop.warning) warnings.insert(drop.reason);
  }
  EXPECT_EQ(warnings, (std::set<std::string_view>{"sessions", "sessions_per_address", "memory", "descriptors",
                                                  "backlog", "receive_buffer"}));
}

TEST(DropLog, SumsShardsListenerByListener) {
  std::vector<ListenerOptions> listeners(2);
  listeners[1].name = "game";
  ShardStats one;
  ShardStats two;
  for (ShardStats* shard : {&one, &two}) {
    shard->listeners = std::vector<ListenerStats>(2);
    shard->listeners[1].rejected[static_cast<std::size_t>(Rejection::access)].add(3);
    shard->listeners[1].handshakes[static_cast<std::size_t>(HandshakeResult::tls)].add(2);
    shard->listeners[1].handshakes[static_cast<std::size_t>(HandshakeResult::ok)].add(50);
    shard->listeners[1].door.dropped.add(1);
    shard->listeners[1].door.region_pings_dropped.add(5);
    shard->listeners[1].door.region_pings_over_share.add(7);
  }
  std::set<std::string> counted;
  for (const Drop& drop : drops_of(listeners, {&one, &two})) {
    if (drop.count == 0) continue;
    counted.insert(std::string(drop.listener) + " " + std::string(drop.reason) + " " +
                   std::to_string(drop.count));
  }
  EXPECT_EQ(counted, (std::set<std::string>{"game access 6", "game tls 4", "game no_session 2",
                                            "game region_ping 10", "game region_ping_share 14"}));
}

}  // namespace
}  // namespace gateway::net
