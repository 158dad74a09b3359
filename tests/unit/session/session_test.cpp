#include "session/session.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "support/seeded_random.h"
#include "unit/session/inits.h"
#include "wire/command.h"
#include "wire/datagram.h"

namespace gateway::session {
namespace {

using transport::Delivery;
using transport::Phase;
using transport::ReliableUdp;

// A session between a client and a server that are played by bare transports over a network without loss.
class SessionTest : public testing::Test {
 protected:
  static constexpr std::uint32_t challenge = 77;
  static constexpr std::uint16_t server_peer = 7;

  void begin() {
    session = std::make_unique<Session>(
        services, transport::Accepted{.peer = 0, .challenge = challenge, .mtu = 1200}, now);
    client = ReliableUdp::accepted(options.downstream, buffers, peer_stats,
                                   {.peer = 0, .challenge = challenge, .mtu = 1200}, now);
  }

  // Until the server has the Init and the client the InitResponse.
  void initialize(const Text& init = init_16()) {
    begin();
    from_client(init);
    connect_server();
    shuttle();
    from_server({0xF3, 0x01, 0x00});
    shuttle();
  }

  void connect_server() {
    ASSERT_TRUE(session->wants_upstream());
    session->upstream_opened(now, {0}, clock);
    std::array<std::uint8_t, 1200> out{};
    const std::size_t size = session->next_output(Side::upstream, now, out);
    const auto connect = wire::parse_datagram(Bytes(out).first(size));
    ASSERT_TRUE(connect);
    const std::uint32_t server_challenge = connect->header.challenge;
    server = ReliableUdp::accepted(options.downstream, buffers, peer_stats,
                                   {.peer = server_peer, .challenge = server_challenge, .mtu = 1200}, now);
    wire::Command verify{.type = wire::CommandType::verify_connect, .reliable_seq = 1};
    verify.connect = {.peer = server_peer, .mtu = 1200, .channels = 2};
    wire::DatagramWriter writer(out, {.sent_time = wire_milliseconds(now), .challenge = server_challenge});
    wire::write_command(writer.commands(), verify);
    writer.count_command();
    session->receive(Side::upstream, now, Bytes(out).first(writer.finish()));
  }

  void from_client(const Text& message, std::uint8_t channel = 0) {
    client->send(now, {message, channel, Delivery::reliable});
    shuttle();
  }
  void from_server(const Text& message) {
    server->send(now, {message, 0, Delivery::reliable});
    shuttle();
  }

  // Passes datagrams and what acks wait for until nothing moves any more.
  void shuttle() {
    for (int round = 0; round < 6; ++round) {
      while (pass_once()) {
      }
      pass_time(milliseconds(10));
    }
  }
  bool pass_once() {
    std::array<std::uint8_t, 1200> out{};
    bool moved = false;
    const auto move = [&](std::size_t size, auto receive) {
      if (size > 0) receive(Bytes(out).first(size));
      moved |= size > 0;
    };
    move(client->next_output(now, out), [&](Bytes bytes) { session->receive(Side::downstream, now, bytes); });
    move(session->next_output(Side::downstream, now, out), [&](Bytes bytes) { client->receive(now, bytes); });
    if (!server || dead_server) {
      while (session->next_output(Side::upstream, now, out) > 0) {
      }
      return moved;
    }
    move(session->next_output(Side::upstream, now, out), [&](Bytes bytes) { server->receive(now, bytes); });
    move(server->next_output(now, out),
         [&](Bytes bytes) { session->receive(Side::upstream, now, deaf(bytes)); });
    return moved;
  }
  // A server whose acks echo a time that nobody sent.
  Bytes deaf(Bytes bytes) {
    if (!wrong_echo) return bytes;
    altered.assign(bytes.begin(), bytes.end());
    const auto parsed = wire::parse_datagram(altered);
    ByteReader in(parsed->commands);
    for (int i = 0; i < parsed->header.command_count; ++i) {
      const std::size_t at = altered.size() - in.remaining();
      const auto command = wire::parse_command(in, wire::Strictness::strict);
      if (command && *command && (*command)->type == wire::CommandType::ack) altered[at + 16] ^= 0x55;
    }
    return altered;
  }
  void pass_time(Duration duration) {
    now += duration;
    client->advance(now);
    if (server && !dead_server) server->advance(now);
    session->advance(now);
  }

  std::vector<Text> received(ReliableUdp& by) {
    std::vector<Text> messages;
    while (const auto payload = by.next_payload())
      messages.emplace_back(payload->bytes.begin(), payload->bytes.end());
    return messages;
  }
  // What the client was told: 0 while it lives.
  int told() const { return client->phase() == Phase::open ? 0 : client->close_reason().code; }

  Options options;
  BufferPool buffers;
  test::SeededRandom random{1};
  Stats stats;
  transport::Stats peer_stats;
  RaisedEvents raised;
  Notices notices;
  std::vector<std::uint8_t> scratch;
  transport::ServerClock clock;
  Services services{options, buffers, random, stats, raised, scratch, notices, {}};
  TimePoint now{hours(1)};
  std::unique_ptr<Session> session;
  std::unique_ptr<ReliableUdp> client;
  std::unique_ptr<ReliableUdp> server;
  bool dead_server = false;
  bool wrong_echo = false;
  Text altered;
};

TEST_F(SessionTest, PassesInitAndItsResponseAndClearMessagesUntouched) {
  initialize();
  from_client({0xF3, 0x02, 1, 0, 0});
  const Text last{0xF3, 0x02, 1, 0, 0};
  EXPECT_EQ(received(*server), (std::vector<Text>{init_16(), last}));
  from_server({0xF3, 0x03, 1, 0, 0, 0x2A, 0, 0});
  const Text response{0xF3, 0x03, 1, 0, 0, 0x2A, 0, 0};
  EXPECT_EQ(received(*client), (std::vector<Text>{{0xF3, 0x01, 0x00}, response}));
}

TEST_F(SessionTest, EndsWhenTheFirstMessageIsNoInit) {
  begin();
  connect_server();
  from_client({0xF3, 0x02, 1, 0, 0});
  EXPECT_EQ(told(), 1);
  EXPECT_EQ(session->record().end, End::not_init);
  EXPECT_TRUE(received(*server).empty());
}

TEST_F(SessionTest, EndsAtAnEncryptedMessageWithoutAKey) {
  initialize();
  from_client({0xF3, 0x82, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
  EXPECT_EQ(told(), 1);
  EXPECT_EQ(session->record().end, End::bad_encryption);
}

TEST_F(SessionTest, WithATokenPassesWhatItCannotOpenBothWays) {
  initialize(init_with_token());
  const Text request{0xF3, 0x82, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  const Text response{0xF3, 0x83, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  from_client(request);
  from_server(response);
  EXPECT_EQ(received(*server).back(), request);
  EXPECT_EQ(received(*client).back(), response);
  EXPECT_EQ(stats.opaque_messages.value(), 2U);
}

TEST_F(SessionTest, WithATokenEndsAtWhatItCannotOpenIfToldSo) {
  options.unknown_key = UnknownKey::end;
  initialize(init_with_token());
  from_client({0xF3, 0x82, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
  EXPECT_EQ(told(), 1);
}

TEST_F(SessionTest, DropsWhatAServerEncryptedUnderNoKey) {
  initialize();
  received(*client);
  from_server({0xF3, 0x83, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
  EXPECT_TRUE(received(*client).empty());
  EXPECT_EQ(stats.unopened_dropped.value(), 1U);
  EXPECT_EQ(told(), 0);
}

TEST_F(SessionTest, EndsAtAMessageOverTheLimit) {
  options.message_max = 100;
  initialize();
  Text big(101, 0);
  big[0] = 0xF3;
  big[1] = 0x02;
  from_client(big);
  EXPECT_EQ(told(), 1);
  EXPECT_EQ(session->record().end, End::message_size);
}

TEST_F(SessionTest, HoldsOnlySoMuchOfAClientBeforeInitResponse) {
  options.before_init_max = 1000;
  begin();
  from_client(init_16());
  connect_server();
  for (int i = 0; i < 3; ++i) from_client(Text(400, 0xF3));
  EXPECT_EQ(told(), 1);
  EXPECT_EQ(session->record().end, End::before_init);
}

TEST_F(SessionTest, WhoseServerNeverTellsItsTimeBeginsAllTheSame) {
  wrong_echo = true;
  initialize();
  EXPECT_TRUE(received(*client).empty());
  pass_time(options.clock_timeout);
  shuttle();
  EXPECT_EQ(received(*client).size(), 1U);
  EXPECT_EQ(stats.without_clock.value(), 1U);
}

TEST_F(SessionTest, TellsTheClientWithinTheConnectTimeoutWhenNoOtherServerCanBeReached) {
  begin();
  from_client(init_16());
  ASSERT_TRUE(session->wants_upstream());
  session->upstream_opened(now, {0}, clock);
  const TimePoint start = now;
  while (told() == 0 && now < start + seconds(40)) {
    shuttle();
    if (session->wants_upstream()) session->upstream_error(now, UpstreamError::unreachable);
  }
  EXPECT_EQ(told(), 2);
  EXPECT_LE(now - start, options.connect_timeout + seconds(1));
}

TEST_F(SessionTest, TellsFullWhenThereIsNoSocket) {
  begin();
  from_client(init_16());
  ASSERT_TRUE(session->wants_upstream());
  session->upstream_error(now, UpstreamError::no_capacity);
  shuttle();
  EXPECT_EQ(told(), 3);
}

TEST_F(SessionTest, IsClosedOnceBothSidesAreTold) {
  initialize();
  client->close(now, {}, transport::Linger::now);
  shuttle();
  EXPECT_TRUE(session->closed());
  EXPECT_EQ(session->record().end, End::client_disconnect);
  EXPECT_EQ(server->close_reason().cause, transport::Cause::peer);
  EXPECT_EQ(server->close_reason().code, 4);
}

}  // namespace
}  // namespace gateway::session
