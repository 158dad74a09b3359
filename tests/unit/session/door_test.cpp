#include "session/door.h"

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "support/seeded_random.h"
#include "wire/command.h"
#include "wire/datagram.h"

namespace gateway::session {
namespace {

using wire::Command;
using wire::CommandType;
using Datagram = std::vector<std::uint8_t>;

constexpr TimePoint now{seconds(1000)};
constexpr std::uint32_t challenge = 0x12345678;

Datagram datagram(std::uint16_t peer, bool crc, std::uint32_t with_challenge, const Command& command) {
  Datagram out(1200);
  wire::DatagramWriter writer(out,
                              {.peer = peer, .crc = crc, .sent_time = 0x10, .challenge = with_challenge});
  wire::write_command(writer.commands(), command);
  writer.count_command();
  out.resize(writer.finish());
  return out;
}

Command connect_command() {
  Command connect{.type = CommandType::connect, .reliable_seq = 1};
  connect.connect = {.peer = 0, .mtu = 1200, .channels = 2};
  return connect;
}

Datagram connect(bool crc = false, std::uint32_t with_challenge = challenge) {
  return datagram(wire::peer_unassigned, crc, with_challenge, connect_command());
}

std::vector<Command> commands(Bytes bytes) {
  std::vector<Command> result;
  const auto parsed = wire::parse_datagram(bytes);
  if (!parsed) return result;
  ByteReader in(parsed->commands);
  for (int i = 0; i < parsed->header.command_count; ++i) {
    const auto command = wire::parse_command(in, wire::Strictness::strict);
    if (!command || !*command) return {};
    result.push_back(**command);
  }
  return result;
}

class DoorTest : public testing::Test {
 protected:
  DoorAnswer receive(const Datagram& bytes, const Address& from, bool full = false) {
    return door.receive(now, from, bytes, full, out);
  }
  Bytes reply(const DoorAnswer& answer) { return Bytes(out).first(answer.reply_bytes); }
  std::uint16_t assigned(const Datagram& bytes, const Address& from) {
    const auto answer = receive(bytes, from);
    const auto list = commands(reply(answer));
    return list.size() == 2 ? list[1].connect.peer : 0;
  }
  static Address address(std::uint8_t last, std::uint16_t port = 5000) {
    Address result{};
    result.ip[15] = last;
    result.port = port;
    return result;
  }

  DoorOptions options{.half_open = 64};
  test::SeededRandom random{1};
  DoorStats stats;
  Door door{options, random, stats};
  std::array<std::uint8_t, 1200> out{};
};

TEST_F(DoorTest, AnswersConnectByAckAndVerifyConnectInOneDatagram) {
  const auto answer = receive(connect(), address(1));
  const auto parsed = wire::parse_datagram(reply(answer));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->header.peer, 0);
  EXPECT_EQ(parsed->header.challenge, challenge);
  EXPECT_FALSE(parsed->header.crc);
  const auto list = commands(reply(answer));
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].type, CommandType::ack);
  EXPECT_EQ(list[0].flags, wire::Flags::unreliable);
  EXPECT_EQ(list[0].ack.reliable_seq, 1U);
  EXPECT_EQ(list[0].ack.sent_time, 0x10U);
  EXPECT_EQ(list[1].type, CommandType::verify_connect);
  EXPECT_EQ(list[1].flags, wire::Flags::reliable);
  EXPECT_EQ(list[1].connect.mtu, 1200);
  EXPECT_EQ(list[1].connect.channels, 2);
  EXPECT_GE(list[1].reliable_seq, 1U << 16);
  EXPECT_LT(list[1].reliable_seq, 1U << 31);
  EXPECT_FALSE(answer.proven);
}

TEST_F(DoorTest, AnswersEveryCopyOfConnectWithTheSamePeerId) {
  const std::uint16_t first = assigned(connect(), address(1));
  EXPECT_NE(first, 0);
  EXPECT_EQ(assigned(connect(), address(1)), first);
  EXPECT_EQ(stats.connects.value(), 2U);
}

TEST_F(DoorTest, PeerIdDependsOnAddressAndChallenge) {
  std::set<std::uint16_t> ids;
  for (std::uint8_t i = 0; i < 50; ++i) {
    ids.insert(assigned(connect(), address(i)));
    ids.insert(assigned(connect(false, challenge + 1 + i), address(0)));
  }
  EXPECT_GT(ids.size(), 95U);
  EXPECT_FALSE(ids.contains(wire::peer_unassigned));
  EXPECT_FALSE(ids.contains(wire::peer_tracing));
  EXPECT_FALSE(ids.contains(0));
}

TEST_F(DoorTest, AnswersACrcClientWithCrc) {
  const auto answer = receive(connect(true), address(1));
  const auto parsed = wire::parse_datagram(reply(answer));
  ASSERT_TRUE(parsed);
  EXPECT_TRUE(parsed->header.crc);
}

TEST_F(DoorTest, ReplyIsAtMostFourTenthsLongerThanTheConnect) {
  for (const bool crc : {false, true}) {
    for (const bool full : {false, true}) {
      const Datagram bytes = connect(crc);
      EXPECT_LE(receive(bytes, address(1), full).reply_bytes * 10, bytes.size() * 14);
    }
  }
}

TEST_F(DoorTest, AnyDatagramWithTheRightPeerIdAndChallengeProvesTheAddress) {
  const std::uint16_t peer = assigned(connect(true), address(1));
  const auto answer = receive(datagram(peer, true, challenge, {}), address(1));
  ASSERT_TRUE(answer.proven);
  EXPECT_EQ(answer.reply_bytes, 0U);
  EXPECT_EQ(answer.proven->peer, peer);
  EXPECT_EQ(answer.proven->challenge, challenge);
  EXPECT_EQ(answer.proven->mtu, 1200);
  EXPECT_EQ(answer.proven->channels, 2);
  EXPECT_TRUE(answer.proven->crc);
}

TEST_F(DoorTest, OnlyVerifyConnectsNumberProvesItBeyondDoubt) {
  const auto verify = commands(reply(receive(connect(), address(1))))[1];
  const std::uint16_t peer = verify.connect.peer;
  Command ack{.type = CommandType::ack, .flags = wire::Flags::unreliable};
  ack.ack = {verify.reliable_seq + 1, 0};
  const auto guessed = receive(datagram(peer, false, challenge, ack), address(1));
  EXPECT_TRUE(guessed.proven);
  EXPECT_FALSE(guessed.acknowledged);

  const auto other = commands(reply(receive(connect(), address(2))))[1];
  ack.ack = {other.reliable_seq, 0};
  const auto known = receive(datagram(other.connect.peer, false, challenge, ack), address(2));
  EXPECT_TRUE(known.proven);
  EXPECT_TRUE(known.acknowledged);
}

TEST_F(DoorTest, AGuessedPeerIdProvesNothingWhereASessionIsAtStake) {
  const auto verify = commands(reply(receive(connect(), address(1))))[1];
  const Datagram guessed = datagram(verify.connect.peer, false, challenge, {});
  EXPECT_FALSE(door.receive(now, address(1), guessed, false, out, Proof::number).proven);
  EXPECT_EQ(stats.dropped.value(), 1U);

  Command ack{.type = CommandType::ack, .flags = wire::Flags::unreliable};
  ack.ack = {verify.reliable_seq, 0};
  const Datagram known = datagram(verify.connect.peer, false, challenge, ack);
  EXPECT_TRUE(door.receive(now, address(1), known, false, out, Proof::number).proven);
}

TEST_F(DoorTest, WrongPeerIdChallengeOrAddressProvesNothing) {
  const std::uint16_t peer = assigned(connect(), address(1));
  const auto other = static_cast<std::uint16_t>(peer + 1);
  EXPECT_FALSE(receive(datagram(other, false, challenge, {}), address(1)).proven);
  EXPECT_FALSE(receive(datagram(peer, false, challenge + 1, {}), address(1)).proven);
  EXPECT_FALSE(receive(datagram(peer, false, challenge, {}), address(2)).proven);
  EXPECT_FALSE(receive(datagram(peer, false, challenge, {}), address(1, 5001)).proven);
  EXPECT_EQ(stats.dropped.value(), 4U);
}

TEST_F(DoorTest, WhatArrivesAfterTheSessionEndedProvesNothingAgain) {
  const std::uint16_t peer = assigned(connect(), address(1));
  EXPECT_TRUE(receive(datagram(peer, false, challenge, {}), address(1)).proven);
  EXPECT_FALSE(receive(datagram(peer, false, challenge, {}), address(1)).proven);
  EXPECT_EQ(assigned(connect(), address(1)),
            peer);  // a late copy of Connect is answered, and changes nothing
  EXPECT_FALSE(receive(datagram(peer, false, challenge, {}), address(1)).proven);
}

TEST_F(DoorTest, WhatArrivesAfterAForgottenSessionEndedProvesNothingAgain) {
  const std::uint16_t peer = assigned(connect(), address(1));
  for (std::uint16_t port = 1; port < 2000; ++port) receive(connect(), address(2, port));
  EXPECT_TRUE(receive(datagram(peer, false, challenge, {}), address(1)).proven);
  EXPECT_FALSE(receive(datagram(peer, false, challenge, {}), address(1)).proven);
}

TEST_F(DoorTest, ForgottenConnectIsAcceptedWithWhatSuitsEveryClient) {
  const std::uint16_t peer = assigned(connect(), address(1));
  for (std::uint16_t port = 1; port < 2000; ++port) receive(connect(), address(2, port));
  const auto answer = receive(datagram(peer, false, challenge, {}), address(1));
  ASSERT_TRUE(answer.proven);
  EXPECT_EQ(answer.proven->mtu, 576);
  EXPECT_EQ(answer.proven->channels, 254);
  EXPECT_EQ(stats.proven_forgotten.value(), 1U);
}

TEST_F(DoorTest, FullIsToldByAckAndDisconnectThreeAndProvesNobody) {
  const auto list = commands(reply(receive(connect(), address(1), true)));
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].type, CommandType::ack);
  EXPECT_EQ(list[1].type, CommandType::disconnect);
  EXPECT_EQ(list[1].flags, wire::Flags::reliable);
  EXPECT_EQ(list[1].reserved, 3);
}

TEST_F(DoorTest, FullIsToldToAClientThatWasAnsweredBeforeItWas) {
  const std::uint16_t peer = assigned(connect(), address(1));
  const auto answer = receive(datagram(peer, false, challenge, {}), address(1), true);
  EXPECT_FALSE(answer.proven);
  const auto list = commands(reply(answer));
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].type, CommandType::disconnect);
  EXPECT_EQ(list[0].reserved, 3);
  EXPECT_TRUE(receive(datagram(peer, false, challenge, {}), address(1)).proven);  // there is room again
}

TEST_F(DoorTest, FullIsNotToldToACopyOfAConnectWhoseSessionLives) {
  const std::uint16_t peer = assigned(connect(), address(1));
  EXPECT_TRUE(receive(datagram(peer, false, challenge, {}), address(1)).proven);
  const auto list = commands(reply(receive(connect(), address(1), true)));
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[1].type, CommandType::verify_connect);
}

TEST_F(DoorTest, MtuOfTheAnswerIsClamped) {
  for (const auto& [announced, expected] : {std::pair{100, 576}, {576, 576}, {900, 900}, {9000, 1200}}) {
    Command command = connect_command();
    command.connect.mtu = static_cast<std::uint16_t>(announced);
    const auto list =
        commands(reply(receive(datagram(wire::peer_tracing, false, challenge, command), address(1))));
    ASSERT_EQ(list.size(), 2U);
    EXPECT_EQ(list[1].connect.mtu, expected);
  }
}

TEST_F(DoorTest, ConnectWithoutChannelsOrWithOtherCommandsFirstIsNotAnswered) {
  Command none = connect_command();
  none.connect.channels = 0;
  Command all = connect_command();
  all.connect.channels = 255;
  for (const Command& command : {none, all, Command{.type = CommandType::ping, .reliable_seq = 1}}) {
    EXPECT_EQ(receive(datagram(wire::peer_unassigned, false, challenge, command), address(1)).reply_bytes,
              0U);
  }
  Datagram cut = connect();
  cut.pop_back();
  EXPECT_EQ(receive(cut, address(1)).reply_bytes, 0U);
  EXPECT_EQ(stats.dropped.value(), 4U);
}

Address ipv4(int last) {
  Address address;
  std::ranges::copy(ipv4_prefix, address.ip.begin());
  address.ip[15] = static_cast<std::uint8_t>(last);
  return address;
}

TEST_F(DoorTest, EchoesRegionPingsUpToTheirRate) {
  options.region_pings = 3;
  Door limited(options, random, stats);
  Datagram ping(13, 0x7D);
  ping.back() = 0x2A;
  EXPECT_TRUE(Door::wants(ping));
  for (int i = 0; i < 5; ++i) {
    const auto answer = limited.receive(now, ipv4(i), ping, true, out);
    ASSERT_EQ(answer.reply_bytes, i < 3 ? 13U : 0U);
    EXPECT_TRUE(i >= 3 || std::ranges::equal(reply(answer), ping));
  }
  EXPECT_EQ(limited.receive(now + seconds(1), address(1), ping, false, out).reply_bytes, 13U);
  EXPECT_EQ(stats.region_pings_dropped.value(), 2U);
}

TEST_F(DoorTest, WantsConnectsButNotTheDatagramsOfAPeer) {
  EXPECT_TRUE(Door::wants(connect()));
  EXPECT_FALSE(Door::wants(datagram(5, false, challenge, {})));
  EXPECT_FALSE(Door::wants({}));
}

TEST_F(DoorTest, LeavesHalfOfTheRegionPingsToOthersThanTheOneWhoFloods) {
  options.region_pings = 320;
  Door limited(options, random, stats);
  const Datagram ping(13, 0x7D);
  const auto echoed = [&](const Address& from, int times) {
    int count = 0;
    for (int i = 0; i < times; ++i)
      count += limited.receive(now, from, ping, false, out).reply_bytes > 0 ? 1 : 0;
    return count;
  };
  EXPECT_EQ(echoed(ipv4(1), 1000), 160) << "nobody else needs them";
  EXPECT_EQ(stats.region_pings_over_share.value(), 840U);
  EXPECT_EQ(echoed(ipv4(2), 1000), 20) << "a sixteenth";
  EXPECT_EQ(echoed(ipv4(3), 5), 5);
  EXPECT_EQ(echoed(ipv4(1), 10), 0);
  EXPECT_EQ(stats.region_pings_dropped.value(), 0U);
  EXPECT_EQ(limited.receive(now + seconds(1), ipv4(1), ping, false, out).reply_bytes, 13U);
}

TEST_F(DoorTest, CountsTheRegionPingsOfAnIpv6NetworkAsThoseOfOne) {
  options.region_pings = 320;
  Door limited(options, random, stats);
  const Datagram ping(13, 0x7D);
  Address from;
  from.ip = {0x20, 1, 0xd, 0xb8};
  int echoed = 0;
  for (int i = 0; i < 1000; ++i) {
    from.ip[15] = static_cast<std::uint8_t>(i);
    from.port = static_cast<std::uint16_t>(i);
    echoed += limited.receive(now, from, ping, false, out).reply_bytes > 0 ? 1 : 0;
  }
  EXPECT_EQ(echoed, 160);
}

}  // namespace
}  // namespace gateway::session
