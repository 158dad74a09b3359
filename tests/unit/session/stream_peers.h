#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "message/key_exchange.h"
#include "session/session.h"
#include "support/borrowed.h"
#include "support/photon_crypto.h"
#include "support/photon_message.h"
#include "support/seeded_random.h"
#include "transport/framed_stream.h"
#include "transport/whole_messages.h"
#include "unit/session/exchange.h"
#include "unit/session/inits.h"

namespace gateway::session {

using transport::Cause;
using transport::CloseReason;
using transport::Delivery;
using transport::Form;
using transport::FramedStream;
using transport::Payload;
using transport::Phase;
using transport::Stream;
using transport::WholeMessages;

using Framing = StreamClient::Framing;

inline Text copy(Bytes bytes) {
  return {bytes.begin(), bytes.end()};
}

/// A session between a client and a server that are played by bare transports; what one says the other hears
/// at once, as long as the session reads.
struct StreamSessionPeers {
  void begin(const StreamClient& how) {
    framing = how.framing;
    session = std::make_unique<Session>(services, how, now);
    client = peer(transport::Role::client);
  }
  void begin_tcp() { begin({}); }
  void begin_websocket(bool tls = false) {
    begin({Framing::websocket, tls, message::Serialization::v16});
    open_server();
  }

  std::unique_ptr<Stream> peer(transport::Role role) {
    if (framing == Framing::tcp)
      return std::make_unique<FramedStream>(options.upstream, buffers, peer_stats, role, now);
    return std::make_unique<WholeMessages>(options.upstream, buffers, peer_stats, role, now);
  }

  void open_server() {
    ASSERT_TRUE(session->wants_upstream());
    session->upstream_connecting({0});
    server = peer(transport::Role::server);
    session->upstream_opened(now, {0}, clock);
    shuttle();
  }
  void initialize(const Text& init = init_16()) {
    begin_tcp();
    from_client(init);
    open_server();
    from_server({0xF3, 0x01, 0x00});
  }

  void from_client(const Text& message, std::uint8_t channel = 0, Delivery delivery = Delivery::reliable,
                   Form form = Form::message) {
    client->send(now, {message, channel, delivery, form});
    shuttle();
  }
  void from_server(const Text& message, std::uint8_t channel = 0, Delivery delivery = Delivery::reliable,
                   Form form = Form::message) {
    server->send(now, {message, channel, delivery, form});
    shuttle();
  }

  void shuttle() {
    for (bool moved = true; moved;) {
      moved = pass(client.get(), Side::downstream);
      moved |= pass(server.get(), Side::upstream);
    }
  }
  bool pass(Stream* peer, Side side) {
    if (peer == nullptr) return false;
    bool moved = false;
    std::size_t size = 0;
    const bool stalled = side == Side::upstream && server_stalls;
    while (!stalled && (size = session->next_output(side, now, out)) > 0) {
      peer->receive(now, Bytes(out).first(size));
      moved = true;
    }
    while (session->wants_input(side) &&
           (size = peer->next_output(now, MutableBytes(out).first(slice))) > 0) {
      session->receive(side, now, Bytes(out).first(size));
      moved = true;
    }
    return moved;
  }
  void pass_time(Duration duration) {
    now += duration;
    session->advance(now);
    shuttle();
  }

  std::vector<Text> received(Stream& by) {
    std::vector<Text> messages;
    while (const auto payload = by.next_payload()) messages.push_back(copy(payload->bytes));
    return messages;
  }

  test::PhotonCrypto exchange_keys() { return exchange_keys_of(*this); }
  static Text sealed(const test::PhotonCrypto& crypto, const Text& clear) {
    Text message{clear[0], static_cast<std::uint8_t>(clear[1] | 0x80)};
    const auto body = crypto.seal(Bytes(clear).subspan(2));
    message.insert(message.end(), body.begin(), body.end());
    return message;
  }

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
  Framing framing = Framing::tcp;
  Text out = Text(1 << 20);
  std::size_t slice = 1 << 20;  // of what a peer says at a time; a WebSocket's message stays whole
  bool server_stalls = false;
  std::unique_ptr<Session> session;
  std::unique_ptr<Stream> client;
  std::unique_ptr<Stream> server;
};

class StreamSessionTest : public testing::Test, protected StreamSessionPeers {};

inline const Text request{0xF3, 0x02, 1, 0, 0};
inline const Text response{0xF3, 0x03, 1, 0, 0, 0x2A, 0, 0};
inline const Text ping{0xF0, 0, 0, 3, 0xE8};
inline const Text pong{0xF0, 0, 1, 0xE2, 0x40, 0, 0, 3, 0xE8};

}  // namespace gateway::session
