#pragma once

#include <array>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "session/session.h"
#include "support/borrowed.h"
#include "support/seeded_random.h"
#include "unit/session/exchange.h"
#include "unit/session/inits.h"
#include "wire/command.h"
#include "wire/datagram.h"

namespace gateway::session {

/// A session between a client and a server that are played by bare transports over a network without loss.
struct SessionPeers {
  static constexpr std::uint32_t challenge = 77;
  static constexpr std::uint16_t server_peer = 7;

  void begin() {
    session = std::make_unique<Session>(
        services, transport::Accepted{.peer = 0, .challenge = challenge, .mtu = 1200}, now);
    client = transport::ReliableUdp::accepted(options.downstream, buffers, peer_stats,
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
    server = transport::ReliableUdp::accepted(
        options.downstream, buffers, peer_stats,
        {.peer = server_peer, .challenge = server_challenge, .mtu = 1200}, now);
    wire::Command verify{.type = wire::CommandType::verify_connect, .reliable_seq = 1};
    verify.connect = {.peer = server_peer, .mtu = 1200, .channels = 2};
    wire::DatagramWriter writer(out, {.sent_time = wire_milliseconds(now), .challenge = server_challenge});
    wire::write_command(writer.commands(), verify);
    writer.count_command();
    session->receive(Side::upstream, now, Bytes(out).first(writer.finish()));
  }

  void from_client(const Text& message, std::uint8_t channel = 0) {
    client->send(now, {message, channel, transport::Delivery::reliable});
    shuttle();
  }
  void from_server(const Text& message) {
    server->send(now, {message, 0, transport::Delivery::reliable});
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
    move(session->next_output(Side::downstream, now, out), [&](Bytes bytes) {
      if (!deaf_client) client->receive(now, bytes);
    });
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

  std::vector<Text> received(transport::ReliableUdp& by) {
    std::vector<Text> messages;
    while (const auto payload = by.next_payload())
      messages.emplace_back(payload->bytes.begin(), payload->bytes.end());
    return messages;
  }
  test::PhotonCrypto exchange_keys() { return exchange_keys_of(*this); }
  // What the client was told: 0 while it lives.
  int told() const { return client->phase() == transport::Phase::open ? 0 : client->close_reason().code; }

  Options options;
  BufferPool buffers;
  test::SeededRandom random{1};
  Stats stats;
  transport::Stats peer_stats;
  RaisedEvents raised;
  Notices notices;
  std::vector<std::uint8_t> scratch;
  transport::ServerClock clock;
  Services services{options, test::borrowed<Terms>(options), buffers, random, stats, raised, scratch, notices,
                    nullptr};
  TimePoint now{hours(1)};
  std::unique_ptr<Session> session;
  std::unique_ptr<transport::ReliableUdp> client;
  std::unique_ptr<transport::ReliableUdp> server;
  bool dead_server = false;
  bool deaf_client = false;
  bool wrong_echo = false;
  Text altered;
};

class SessionTest : public testing::Test, protected SessionPeers {};

}  // namespace gateway::session
