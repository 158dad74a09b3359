#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/transport/udp_pair.h"

namespace gateway::transport {
namespace {

using test::Network;
using test::pattern;
using test::Taken;
using test::UdpPair;
using enum UdpPair::Side;

constexpr Network bad_network{
    .delay = milliseconds(20), .jitter = milliseconds(30), .loss = 0.15, .duplication = 0.1};

UdpPair::Setup over(const Network& network, std::uint64_t seed = 1) {
  UdpPair::Setup setup;
  setup.network = network;
  setup.seed = seed;
  return setup;
}

std::vector<std::string> texts(const std::vector<Taken>& messages, std::uint8_t channel, Delivery delivery) {
  std::vector<std::string> result;
  for (const Taken& message : messages) {
    if (message.channel == channel && message.delivery == delivery) result.push_back(message.text);
  }
  return result;
}

TEST(ReliableUdpPair, ConnectsAndExchangesMessages) {
  UdpPair pair{UdpPair::Setup{}};
  pair.send(client_side, "Init");
  ASSERT_TRUE(pair.run_until([&] { return pair.taken[server_side].size() == 1; }));
  EXPECT_EQ(pair.now, test::start_time + milliseconds(30)) << "nothing waits on a timer";
  pair.send(server_side, "InitResponse");
  ASSERT_TRUE(pair.run_until([&] { return pair.taken[client_side].size() == 1; }));
  EXPECT_EQ(pair.taken[server_side][0].text, "Init");
  EXPECT_EQ(pair.taken[client_side][0].text, "InitResponse");
  EXPECT_FALSE(pair.deadline_in_the_past);
}

TEST(ReliableUdpPair, DeliversEverythingReliableInOrderOverABadNetwork) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    UdpPair pair(over(bad_network, seed));
    std::array<std::vector<std::string>, 2> sent;
    std::mt19937_64 random(seed);
    for (std::uint32_t i = 0; i < 120; ++i) {
      sent[i % 2].push_back(pattern(1 + random() % (i % 10 == 0 ? 6000 : 300), i));
      pair.send(client_side, sent[i % 2].back(), Delivery::reliable, static_cast<std::uint8_t>(i % 2));
      pair.send(server_side, sent[i % 2].back(), Delivery::reliable, static_cast<std::uint8_t>(i % 2));
      if (i % 7 == 0) pair.run_for(milliseconds(15));
    }
    ASSERT_TRUE(pair.run_until([&] { return pair.taken[0].size() == 120 && pair.taken[1].size() == 120; },
                               seconds(60)));
    ASSERT_TRUE(
        pair.run_until([&] { return pair.client->queued_bytes() + pair.server->queued_bytes() == 0; }));
    for (const auto side : {client_side, server_side}) {
      for (std::uint8_t channel = 0; channel < 2; ++channel) {
        EXPECT_EQ(texts(pair.taken[side], channel, Delivery::reliable), sent[channel]);
      }
    }
    EXPECT_FALSE(pair.deadline_in_the_past);
    EXPECT_EQ(pair.client->held_bytes(), 0U);
    EXPECT_EQ(pair.server->held_bytes(), 0U);
    EXPECT_EQ(pair.pool.lent_bytes(), 0U);
  }
}

TEST(ReliableUdpPair, CarriesTheLongestMessageBothWays) {
  UdpPair pair(over({.delay = milliseconds(5), .loss = 0.02}));
  const std::string text = pattern(512'016);
  EXPECT_EQ(pair.send(client_side, text), SendStatus::queued);
  EXPECT_EQ(pair.send(server_side, text), SendStatus::queued);
  ASSERT_TRUE(
      pair.run_until([&] { return pair.taken[0].size() == 1 && pair.taken[1].size() == 1; }, seconds(60)));
  EXPECT_EQ(pair.taken[0][0].text, text);
  EXPECT_EQ(pair.taken[1][0].text, text);
}

TEST(ReliableUdpPair, TakesThreeHundredCommandsAtOnce) {
  UdpPair::Setup setup = over({.delay = milliseconds(10), .jitter = milliseconds(5)});
  setup.client_options.window_numbers = 0;  // an old client, which has no window
  UdpPair pair(setup);
  ASSERT_TRUE(pair.connect());
  for (std::uint32_t i = 0; i < 300; ++i) pair.send(client_side, pattern(40, i));
  ASSERT_TRUE(pair.run_until([&] { return pair.taken[server_side].size() == 300; }));
  for (std::uint32_t i = 0; i < 300; ++i) EXPECT_EQ(pair.taken[server_side][i].text, pattern(40, i));
  EXPECT_LE(pair.most_commands[client_side], 100U);
  EXPECT_EQ(pair.client_stats.commands_resent.value(), 0U);
}

TEST(ReliableUdpPair, SendsASmallClientNothingAboveItsMtu) {
  UdpPair::Setup setup = over({.loss = 0.1});
  setup.server_mtu = 576;
  UdpPair pair(setup);
  ASSERT_TRUE(pair.connect());
  std::vector<std::string> sent;
  for (std::uint32_t i = 0; i < 100; ++i) {
    sent.push_back(pattern(1 + i * 20, i));
    pair.send(server_side, sent.back());
  }
  ASSERT_TRUE(pair.run_until([&] { return pair.taken[client_side].size() == 100; }, seconds(60)));
  EXPECT_EQ(texts(pair.taken[client_side], 0, Delivery::reliable), sent);
  EXPECT_LE(pair.largest_datagram[server_side], 576U);
}

TEST(ReliableUdpPair, DeliversUnsequencedMessagesOnceAndWithoutOrder) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(seed);
    UdpPair pair(over(bad_network, seed));
    ASSERT_TRUE(pair.connect());
    std::multiset<std::string> sent;
    for (std::uint32_t i = 0; i < 60; ++i) {
      sent.insert(pattern(1 + i * 60, i));
      pair.send(client_side, pattern(1 + i * 60, i), Delivery::reliable_unsequenced, 1);
    }
    ASSERT_TRUE(pair.run_until([&] { return pair.taken[server_side].size() == 60; }, seconds(60)));
    const auto got = texts(pair.taken[server_side], 1, Delivery::reliable_unsequenced);
    EXPECT_EQ(std::multiset<std::string>(got.begin(), got.end()), sent);
    EXPECT_TRUE(pair.server->used_unsequenced());
    EXPECT_FALSE(pair.client->used_unsequenced());
    pair.run_for(seconds(5));
    EXPECT_EQ(pair.taken[server_side].size(), 60U);
  }
}

TEST(ReliableUdpPair, DeliversUnreliableMessagesAtMostOnceForwardsAndInTheirPlace) {
  UdpPair pair(over(bad_network, 3));
  ASSERT_TRUE(pair.connect());
  for (int i = 0; i < 200; ++i) {
    const std::string text = std::to_string(1000 + i);
    pair.send(server_side, text, i % 5 == 0 ? Delivery::reliable : Delivery::unreliable);
    pair.send(server_side, text, Delivery::unsequenced, 1);
    pair.run_for(milliseconds(20));
  }
  pair.run_for(seconds(3));
  const std::vector<Taken>& taken = pair.taken[client_side];
  const auto unreliable = texts(taken, 0, Delivery::unreliable);
  EXPECT_GT(unreliable.size(), 20U);
  EXPECT_TRUE(std::is_sorted(unreliable.begin(), unreliable.end()));
  EXPECT_EQ(std::set<std::string>(unreliable.begin(), unreliable.end()).size(), unreliable.size());
  EXPECT_EQ(texts(taken, 0, Delivery::reliable).size(), 40U);
  // An unreliable message comes only while the reliable one before it is the last delivered.
  std::string last_reliable;
  for (const Taken& message : taken) {
    if (message.channel != 0) continue;
    if (message.delivery == Delivery::reliable) last_reliable = message.text;
    EXPECT_EQ(std::stoi(message.text) / 5, std::stoi(last_reliable) / 5);
  }
  const auto unsequenced = texts(taken, 1, Delivery::unsequenced);
  EXPECT_GT(unsequenced.size(), 150U);
  EXPECT_EQ(std::set<std::string>(unsequenced.begin(), unsequenced.end()).size(), unsequenced.size());
}

TEST(ReliableUdpPair, SendsLongUnreliableMessagesReliably) {
  UdpPair pair(over({.loss = 0.3}));
  ASSERT_TRUE(pair.connect());
  pair.send(client_side, pattern(5000, 1), Delivery::unreliable);
  pair.send(client_side, pattern(5000, 2), Delivery::unsequenced);
  ASSERT_TRUE(pair.run_until([&] { return pair.taken[server_side].size() == 2; }));
  EXPECT_EQ(texts(pair.taken[server_side], 0, Delivery::reliable).size(), 1U);
  EXPECT_EQ(texts(pair.taken[server_side], 0, Delivery::reliable_unsequenced).size(), 1U);
}

TEST(ReliableUdpPair, MeasuresRoundTripsWhileTheWireClockWraps) {
  for (const std::uint64_t wrap : {std::uint64_t{1} << 31, std::uint64_t{1} << 32}) {
    SCOPED_TRACE(wrap);
    UdpPair::Setup setup = over({.delay = milliseconds(25)});
    setup.start = TimePoint{} + milliseconds(wrap) - seconds(2);
    UdpPair pair(setup);
    ASSERT_TRUE(pair.connect());
    for (int i = 0; i < 80; ++i) {
      pair.send(client_side, "x");
      pair.send(server_side, "x");
      if (i == 39) pair.client->request_server_time(pair.now);
      pair.run_for(milliseconds(50));
    }
    EXPECT_EQ(pair.taken[server_side].size(), 80U);
    EXPECT_EQ(pair.client_stats.commands_resent.value() + pair.server_stats.commands_resent.value(), 0U);
    const auto sample = pair.client->take_clock_sample();
    ASSERT_TRUE(sample);
    EXPECT_EQ(sample->received - sample->sent, milliseconds(50));
  }
}

TEST(ReliableUdpPair, AcknowledgesServerTimeWithoutDelay) {
  UdpPair pair(over({.delay = milliseconds(25)}));
  ASSERT_TRUE(pair.connect());
  pair.client->request_server_time(pair.now);
  const TimePoint asked = pair.now;
  std::optional<ClockSample> sample;
  ASSERT_TRUE(pair.run_until([&] { return (sample = pair.client->take_clock_sample()).has_value(); }));
  EXPECT_EQ(pair.now - asked, milliseconds(50));
  EXPECT_EQ(sample->server_time, wire_milliseconds(asked + milliseconds(25)));
}

TEST(ReliableUdpPair, StaysAliveWithOnePingASecondWhenIdle) {
  UdpPair pair{UdpPair::Setup{}};
  ASSERT_TRUE(pair.connect());
  pair.run_for(seconds(5));
  const std::uint64_t before =
      pair.client_stats.datagrams_sent.value() + pair.server_stats.datagrams_sent.value();
  pair.run_for(seconds(60));
  const std::uint64_t datagrams =
      pair.client_stats.datagrams_sent.value() + pair.server_stats.datagrams_sent.value() - before;
  EXPECT_EQ(pair.client->phase(), Phase::open);
  EXPECT_EQ(pair.server->phase(), Phase::open);
  EXPECT_LE(datagrams, 2U * 61) << "a ping and its ack; not one from each side";
  EXPECT_GE(datagrams, 2U * 55);
  EXPECT_FALSE(pair.deadline_in_the_past);
}

TEST(ReliableUdpPair, TimesOutOnBothSidesWhenTheNetworkIsGone) {
  UdpPair::Setup setup;
  UdpPair pair(setup);
  ASSERT_TRUE(pair.connect());
  pair.setup.network.loss = 1;
  ASSERT_TRUE(pair.run_until(
      [&] { return pair.client->phase() == Phase::closed && pair.server->phase() == Phase::closed; },
      seconds(20)));
  EXPECT_EQ(pair.client->close_reason().cause, Cause::timeout);
  EXPECT_EQ(pair.server->close_reason().cause, Cause::timeout);
}

TEST(ReliableUdpPair, MapsEveryReasonOfAServersDisconnect) {
  for (std::uint8_t code = 0; code <= 4; ++code) {
    UdpPair pair(over({.loss = 0.1}, code));
    ASSERT_TRUE(pair.connect());
    pair.send(server_side, "before");
    pair.server->close(pair.now, {Cause::local, code}, Linger::flush);
    ASSERT_TRUE(pair.run_until(
        [&] { return pair.client->phase() == Phase::closed && pair.server->phase() == Phase::closed; }));
    EXPECT_EQ(pair.client->close_reason().cause, Cause::peer);
    EXPECT_EQ(pair.client->close_reason().code, code);
    EXPECT_EQ(pair.taken[client_side].size(), 1U);
  }
}

TEST(ReliableUdpPair, FlushesAClientsDataBeforeItsDisconnect) {
  UdpPair pair(over({.loss = 0.2}, 5));
  ASSERT_TRUE(pair.connect());
  for (std::uint32_t i = 0; i < 80; ++i) pair.send(client_side, pattern(200, i));
  pair.client->close(pair.now, {Cause::local, 4}, Linger::flush);
  ASSERT_TRUE(pair.run_until([&] { return pair.server->phase() == Phase::closed; }));
  EXPECT_EQ(pair.taken[server_side].size(), 80U);
  EXPECT_EQ(pair.server->close_reason().code, 4);
}

TEST(ReliableUdpPair, TellsTheServerOfAClientsTimeout) {
  UdpPair pair{UdpPair::Setup{}};
  ASSERT_TRUE(pair.connect());
  pair.client->close(pair.now, {Cause::timeout, 2}, Linger::now);
  ASSERT_TRUE(pair.run_until([&] { return pair.server->phase() == Phase::closed; }));
  EXPECT_EQ(pair.client->phase(), Phase::closed);
  EXPECT_EQ(pair.server->close_reason().cause, Cause::peer);
  EXPECT_EQ(pair.server->close_reason().code, 2);
}

TEST(ReliableUdpPair, SurvivesRandomDatagramsOfTheRightPeer) {
  UdpPair pair(over({.delay = milliseconds(1)}, 9));
  ASSERT_TRUE(pair.connect());
  std::mt19937_64 random(9);
  constexpr std::array<std::uint8_t, 16> types{1, 2, 3, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16, 6, 8, 15};
  for (int i = 0; i < 20'000; ++i) {
    test::ByteVector bytes(12 + 12 + random() % 60);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random() % (random() % 2 == 0 ? 4 : 256));
    ByteWriter header(bytes);
    header.u16(UdpPair::peer_id);
    header.u8(0);
    header.u8(3);
    header.u32(static_cast<std::uint32_t>(i));
    header.u32(UdpPair::challenge);
    header.u8(types[random() % types.size()]);
    header.u8(random() % 3 == 0 ? 255 : static_cast<std::uint8_t>(random() % 2));
    header.u8(static_cast<std::uint8_t>(random() % 4));
    header.u8(4);
    header.u32(random() % 5 == 0 ? 12 : static_cast<std::uint32_t>(bytes.size() - 12));
    pair.server->receive(pair.now, bytes);
    ASSERT_LE(pair.server->held_bytes(),
              pair.setup.server_options.buffered + pair.setup.server_options.message_max);
    if (i % 64 == 0) pair.run_for(milliseconds(1));
  }
  EXPECT_FALSE(pair.deadline_in_the_past);
  EXPECT_GT(pair.server_stats.dropped[static_cast<std::size_t>(Drop::malformed)].value(), 100U);
  EXPECT_GT(pair.server_stats.dropped[static_cast<std::size_t>(Drop::fragment)].value(), 100U);
}

}  // namespace
}  // namespace gateway::transport
