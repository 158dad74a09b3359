// The test peers for streams against each other over real sockets, without a gateway between them.

#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/loopback.h"
#include "support/stream_socket_client.h"
#include "support/test_certificate.h"
#include "support/test_stream_server_socket.h"
#include "support/vectors.h"

namespace gateway::test {
namespace {

using End = StreamSocket::End;
using Kind = ClientEvent::Kind;
using Status = ClientEvent::Status;

constexpr Duration patience = seconds(10);

std::vector<std::uint8_t> filled(std::size_t size) {
  std::vector<std::uint8_t> data(size);
  std::iota(data.begin(), data.end(), std::uint8_t{1});
  return data;
}

PhotonStreamClient::Config of_kind(StreamKind kind, Protocol protocol = Protocol::v16) {
  PhotonStreamClient::Config config;
  config.kind = kind;
  config.init.protocol = protocol;
  return config;
}

/// A server and clients of it, directly.
struct Play {
  explicit Play(const TestStreamServerOptions& options) : server(options) {}

  std::unique_ptr<StreamSocketClient> client(const PhotonStreamClient::Config& config,
                                             StreamSocketClient::Options options = {}) {
    options.port = server.port();
    auto made = std::make_unique<StreamSocketClient>(generation_4_1_8, config, options);
    made->connect();
    return made;
  }
  std::unique_ptr<StreamSocketClient> connected(const PhotonStreamClient::Config& config,
                                                const StreamSocketClient::Options& options = {}) {
    auto made = client(config, options);
    EXPECT_TRUE(made->run_until([&] { return made->client().initialised(); }, patience)) << "no InitResponse";
    return made;
  }
  void expect_clean(const StreamSocketClient& client) {
    EXPECT_THAT(client.client().violations(), testing::IsEmpty());
    if (client.websocket() != nullptr) {
      EXPECT_THAT(client.websocket()->violations(), testing::IsEmpty());
    }
    EXPECT_THAT(server.websocket_violations(), testing::IsEmpty());
    server.with([](TestServer& tested, TimePoint) { EXPECT_THAT(tested.violations(), testing::IsEmpty()); });
  }

  TestStreamServerSocket server;
};

/// What the application and the socket saw of the end.
ClientEvent told(StreamSocketClient& client) {
  EXPECT_TRUE(
      client.run_until([&] { return client.client().last(Kind::disconnected) != nullptr; }, patience));
  const ClientEvent* const event = client.client().last(Kind::disconnected);
  return event == nullptr ? ClientEvent{} : *event;
}

struct Way {
  std::string name;
  StreamKind kind;
  Protocol protocol = Protocol::v16;
  bool tls = false;
};

class BinaryStreams : public testing::TestWithParam<Way> {
 protected:
  TestStreamServerOptions server_options() const {
    TestStreamServerOptions options;
    options.kind = GetParam().kind;
    if (GetParam().tls) options.tls = {certificate.certificate(), certificate.key()};
    return options;
  }
  StreamSocketClient::Options client_options() const {
    StreamSocketClient::Options options;
    if (GetParam().tls) options.tls.emplace();
    return options;
  }
  PhotonStreamClient::Config config() const { return of_kind(GetParam().kind, GetParam().protocol); }

  TestCertificate certificate;
};

INSTANTIATE_TEST_SUITE_P(Ways, BinaryStreams,
                         testing::Values(Way{"TcpV16", StreamKind::tcp},
                                         Way{"TcpV18", StreamKind::tcp, Protocol::v18},
                                         Way{"WebSocketV16", StreamKind::websocket},
                                         Way{"WebSocketV18", StreamKind::websocket, Protocol::v18},
                                         Way{"TlsWebSocket", StreamKind::websocket, Protocol::v18, true},
                                         Way{"TlsTcp", StreamKind::tcp, Protocol::v16, true}),
                         [](const auto& tested) { return tested.param.name; });

TEST_P(BinaryStreams, OperationsOfEverySizeAreEchoed) {
  Play play(server_options());
  const auto client = play.connected(config(), client_options());
  for (const std::size_t size : {1U, 100U, 125U, 126U, 65'536U, 400'000U}) {
    const ClientEvent* const answer = ask(*client, static_cast<Operation>(50), 7, filled(size), false);
    ASSERT_NE(answer, nullptr) << size;
    std::vector<std::uint8_t> whole{0xF3, 3};
    whole.insert(whole.end(), answer->body.begin(), answer->body.end());
    const auto argument = read_argument(serialization_of(client->client()), whole);
    ASSERT_TRUE(argument);
    EXPECT_EQ(argument->data, filled(size));
  }
  play.expect_clean(*client);
}

TEST_P(BinaryStreams, PiecesOfAnySizeArriveAsTheSameMessages) {
  Play play(server_options());
  for (const std::size_t piece : {1U, 2U, 7U, 64U}) {
    auto options = client_options();
    options.piece_bytes = piece;
    const auto client = play.connected(config(), options);
    EXPECT_NE(ask(*client, Operation::echo, 1, filled(300), false), nullptr) << piece;
    play.expect_clean(*client);
  }
}

TEST_P(BinaryStreams, TheServersClockIsKnownAndPinged) {
  auto options = server_options();
  options.server.clock_offset_ms = 1'000'000;
  Play play(options);
  auto pinging = config();
  pinging.ping_interval = milliseconds(20);
  const auto client = play.connected(pinging, client_options());
  EXPECT_TRUE(client->run_until([&] { return client->client().pongs() >= 3; }, patience));
  const auto expected =
      play.server.with([](TestServer& server, TimePoint now) { return server.clock_at(now); });
  const auto seen = client->client().server_time(client->now());
  ASSERT_TRUE(seen);
  EXPECT_LT(*seen - expected + 100, 200U);
  play.expect_clean(*client);
}

TEST_P(BinaryStreams, AKickIsTheEndOfTheStream) {
  Play play(server_options());
  const auto client = play.connected(config(), client_options());
  send(*client, Operation::kick, 1, {}, false);
  EXPECT_EQ(told(*client).status, Status::by_server);
  client->run_until([&] { return client->ended(); }, patience);
  EXPECT_EQ(client->ending().stream, End::fin);
  EXPECT_FALSE(client->ending().truncated);
  if (client->websocket() != nullptr) {
    EXPECT_EQ(client->ending().close_code, 1000);
  }
}

TEST_P(BinaryStreams, AClientThatLeavesIsGone) {
  Play play(server_options());
  const auto client = play.connected(config(), client_options());
  client->client().disconnect(client->now());
  client->turn();
  EXPECT_TRUE(play.server.wait_until([](const TestServer& server) { return !server.ended().empty(); }));
  play.server.with([](TestServer& server, TimePoint) {
    EXPECT_EQ(server.ended().front().reason.cause, transport::Cause::peer);
  });
}

TEST_P(BinaryStreams, AResetOfEitherSideIsSeenAsOne) {
  Play play(server_options());
  const auto first = play.connected(config(), client_options());
  play.server.reset_all();
  EXPECT_EQ(told(*first).status, Status::network_error);
  EXPECT_EQ(first->ending().stream, End::reset);
  const auto second = play.connected(config(), client_options());
  second->reset();
  EXPECT_TRUE(play.server.wait_until([](const TestServer& server) { return server.ended().size() == 2; }));
  play.server.with([](TestServer& server, TimePoint) {
    EXPECT_EQ(server.ended().back().reason.cause, transport::Cause::reset);
  });
}

TEST_P(BinaryStreams, TensOfMegabytesHaveTheSameSumAtBothEnds) {
  auto options = server_options();
  options.server.records = false;
  Play play(options);
  auto counting = config();
  counting.keeps_messages = false;
  counting.pings = false;
  const auto client = play.connected(counting, client_options());
  const auto data = filled(100'000);
  constexpr std::size_t messages = 300;
  std::size_t asked = 0;
  EXPECT_TRUE(client->run_until(
      [&] {
        const std::size_t answered = client->client().count(Kind::response);
        for (; asked < messages && asked < answered + 8; ++asked)
          send(*client, Operation::echo, 0, data, false);
        return answered == messages;
      },
      patience));
  play.server.with([&](TestServer& server, TimePoint) {
    const auto& traffic = server.traffic().begin()->second;
    EXPECT_GT(traffic.received.bytes, 30'000'000U);
    EXPECT_EQ(traffic.received, client->client().sent_sum());
    EXPECT_EQ(traffic.sent, client->client().received_sum());
  });
  play.expect_clean(*client);
}

TEST_P(BinaryStreams, AStalledServerTakesNothingUntilItResumes) {
  auto options = server_options();
  options.receive_buffer_bytes = 8 * 1024;
  Play play(options);
  auto small = client_options();
  small.send_buffer_bytes = 8 * 1024;
  const auto client = play.connected(config(), small);
  play.server.stall();
  for (int i = 0; i < 20; ++i) send(*client, Operation::silent, 0, filled(50'000), false);
  client->run_for(milliseconds(200));
  EXPECT_GT(client->queued(), 0U);
  play.server.resume();
  EXPECT_NE(ask(*client, Operation::echo, 0, filled(10), false), nullptr);
}

TEST(StreamPeers, EveryFormOfInitOpensTcp) {
  Play play({});
  for (const InitForm form : {InitForm::binary, InitForm::text, InitForm::v3}) {
    for (const Protocol protocol : {Protocol::v16, Protocol::v18}) {
      auto config = of_kind(StreamKind::tcp, protocol);
      config.init.form = form;
      const auto client = play.connected(config);
      EXPECT_NE(ask(*client, Operation::echo, 0, filled(10), false), nullptr);
      play.expect_clean(*client);
    }
  }
}

TEST(StreamPeers, ChannelAndDeliveryOfTcpComeBack) {
  Play play({});
  const auto client = play.connected(of_kind(StreamKind::tcp));
  for (std::uint8_t delivery = 0; delivery < 4; ++delivery) {
    const auto flags = static_cast<wire::Flags>(delivery);
    const ClientEvent* const answer =
        ask(*client, static_cast<Operation>(50), 0, filled(10), false, 1, flags);
    ASSERT_NE(answer, nullptr);
    EXPECT_EQ(answer->channel, 1);
    EXPECT_EQ(answer->delivery, flags);
  }
}

TEST(StreamPeers, ATokenGoesAheadOnWebSocket) {
  Play play({.kind = StreamKind::websocket});
  auto config = of_kind(StreamKind::websocket, Protocol::v18);
  config.init.form = InitForm::text;
  const auto client = play.connected(config);
  EXPECT_NE(ask(*client, Operation::echo, 0, filled(10), false), nullptr);
  play.expect_clean(*client);
  play.server.with(
      [](TestServer& server, TimePoint) { EXPECT_EQ(server.received().front().bytes[0], 0xFB); });
}

TEST(StreamPeers, JsonRequestsAreAnsweredAndPinged) {
  Play play({.kind = StreamKind::websocket});
  auto config = of_kind(StreamKind::json);
  config.ping_interval = milliseconds(20);
  const auto client = play.connected(config);
  const ClientEvent* const answer = ask(*client, 230, R"([220,"ä",224,"app"])");
  ASSERT_NE(answer, nullptr);
  EXPECT_EQ(text_of(answer->body), R"({"res":230,"err":0,"msg":"","vals":[220,"ä",224,"app"]})");
  EXPECT_TRUE(client->run_until([&] { return client->client().pongs() >= 2; }, patience));
  EXPECT_TRUE(client->client().server_time(client->now()));
  play.expect_clean(*client);
}

/// The answer to a request in JSON mode; empty text when none comes.
std::string json_answer(StreamSocketClient& client, std::uint8_t code, std::string_view vals) {
  const ClientEvent* const answer = ask(client, code, vals);
  return answer == nullptr ? std::string() : std::string(text_of(answer->body));
}

TEST(StreamPeers, JsonClientsMeetInARoomWhereTheyComeWithAToken) {
  Play play({.kind = StreamKind::websocket});
  play.server.with([](TestServer& server, TimePoint) { server.play_at("ws://games:1"); });
  const auto alice = play.connected(of_kind(StreamKind::json));
  const auto bob = play.connected(of_kind(StreamKind::json));

  EXPECT_EQ(json_answer(*alice, 230, "[220,\"1.0\"]"),
            R"({"res":230,"err":0,"msg":"","vals":[220,"1.0",221,"token"]})");
  EXPECT_EQ(json_answer(*alice, 227, R"([255,"r"])"),
            R"({"res":227,"err":0,"msg":"","vals":[230,"ws://games:1",255,"r"]})");
  ASSERT_NE(ask(*alice, 230, R"([221,"token"])"), nullptr);
  ASSERT_NE(ask(*bob, 230, R"([221,"token"])"), nullptr);
  EXPECT_EQ(json_answer(*bob, 226, R"([255,"r"])"),
            R"({"res":226,"err":32758,"msg":"no such room","vals":[]})");
  EXPECT_EQ(json_answer(*alice, 227, R"([255,"r",248,{"p":1},249,{"255":"alice"}])"),
            R"({"res":227,"err":0,"msg":"","vals":[254,1,252,[1],249,{},248,{"p":1}]})");
  EXPECT_EQ(json_answer(*bob, 227, R"([255,"r"])"),
            R"({"res":227,"err":32766,"msg":"room exists","vals":[]})");
  EXPECT_EQ(json_answer(*bob, 226, R"([255,"r"])"),
            R"({"res":226,"err":0,"msg":"","vals":[254,2,252,[1,2],249,{"1":{"255":"alice"}},248,null]})");

  const auto bob_hears = [&](std::string_view event) {
    EXPECT_TRUE(bob->run_until(
        [&] {
          const ClientEvent* const last = bob->client().last(Kind::event);
          return last != nullptr && text_of(last->body) == event;
        },
        patience))
        << event;
  };
  bob_hears(R"({"evt":255,"vals":[254,2,252,[1,2],249,null]})");
  ASSERT_TRUE(alice->client().request(alice->now(), 253, R"([244,7,245,"ä"])"));
  ASSERT_TRUE(run_together(
      {alice.get(), bob.get()},
      [&] {
        const ClientEvent* const last = bob->client().last(Kind::event);
        return last != nullptr && last->code == 7;
      },
      patience));
  bob_hears(R"({"evt":7,"vals":[254,1,245,"ä"]})");
  EXPECT_EQ(json_answer(*alice, 254, "[]"), R"({"res":254,"err":0,"msg":"","vals":[]})");
  bob_hears(R"({"evt":254,"vals":[254,1,252,[2]]})");
  play.expect_clean(*bob);
}

TEST(StreamPeers, UpgradesAreKeptAsTheyCame) {
  Play play({.kind = StreamKind::websocket});
  StreamSocketClient::Options options;
  options.upgrade.target = "/game?libversion=4.1.8.3&sid=30&app=x";
  options.upgrade.headers = {{"Origin", "https://example.org"}, {"Cookie", "a=b"}};
  play.connected(of_kind(StreamKind::websocket, Protocol::v18), options);
  const auto upgrades = play.server.upgrades();
  ASSERT_EQ(upgrades.size(), 1U);
  EXPECT_EQ(upgrades[0].target(), "/game?libversion=4.1.8.3&sid=30&app=x");
  EXPECT_EQ(upgrades[0].header("origin"), "https://example.org");
  EXPECT_EQ(upgrades[0].header("Sec-WebSocket-Protocol"), "GpBinaryV18");
}

TEST(StreamPeers, ARefusedUpgradeHasItsStatus) {
  Play play({.kind = StreamKind::websocket, .refuse_upgrade = 503});
  const auto client = play.client(of_kind(StreamKind::websocket));
  EXPECT_EQ(told(*client).status, Status::network_error);
  EXPECT_EQ(client->ending().http_status, 503);
}

TEST(StreamPeers, TheServerChoosesWhatItIsToldTo) {
  for (const std::string chosen : {"GpBinaryV162", ""}) {
    Play play({.kind = StreamKind::websocket, .protocol = chosen});
    const auto client = play.connected(of_kind(StreamKind::websocket));
    const auto answer = client->websocket()->head()->header("Sec-WebSocket-Protocol");
    EXPECT_EQ(answer.value_or(""), chosen);
  }
}

TEST(StreamPeers, AnUnknownSubProtocolIsClosed) {
  Play play({.kind = StreamKind::websocket});
  StreamSocketClient::Options options;
  options.upgrade.protocol = "chat";
  const auto client = play.client(of_kind(StreamKind::websocket), options);
  EXPECT_EQ(told(*client).status, Status::by_server);
  EXPECT_EQ(client->ending().close_code, 1000);
}

TEST(StreamPeers, CloseCodesPassBothWays) {
  Play play({.kind = StreamKind::websocket});
  const auto closed = play.connected(of_kind(StreamKind::websocket));
  play.server.with([](TestServer& server, TimePoint now) { server.disconnect_all(now, 1008); });
  told(*closed);
  EXPECT_EQ(closed->ending().close_code, 1008);
  const auto closing = play.connected(of_kind(StreamKind::websocket));
  closing->close(4001, "bye");
  told(*closing);
  EXPECT_EQ(closing->ending().close_code, 4001);
  play.server.with([](TestServer& server, TimePoint) { EXPECT_EQ(server.ended().back().reason.code, 4001); });
}

TEST(StreamPeers, ASilentServerAcceptsAndNeverAnswers) {
  for (const StreamKind kind : {StreamKind::tcp, StreamKind::websocket}) {
    Play play({.kind = kind, .silent = true});
    const auto client = play.client(of_kind(kind));
    client->run_for(milliseconds(100));
    EXPECT_TRUE(client->socket()->connected());
    EXPECT_FALSE(client->client().initialised());
    EXPECT_GT(play.server.bytes_read(), 0U);
  }
}

TEST(StreamPeers, APortWhereNobodyListensRefuses) {
  StreamSocketClient client(generation_4_1_8, of_kind(StreamKind::tcp), {.port = free_tcp_port()});
  client.connect();
  EXPECT_EQ(told(client).status, Status::network_error);
  EXPECT_EQ(client.ending().stream, End::refused);
}

TEST(StreamPeers, AHalfClosedClientStillSeesTheEnd) {
  Play play({});
  const auto client = play.connected(of_kind(StreamKind::tcp));
  client->finish();
  EXPECT_EQ(told(*client).status, Status::by_server);
}

TEST(StreamPeers, ControlPingsOfWebSocketAreAnswered) {
  Play play({.kind = StreamKind::websocket, .frame_bytes = 100});
  const auto client = play.connected(of_kind(StreamKind::websocket), {.frame_bytes = 1000});
  client->websocket_ping(bytes_of("hello"));
  EXPECT_NE(ask(*client, Operation::echo, 0, filled(5000), false), nullptr);
  EXPECT_EQ(client->websocket()->pongs(), 1U);
  play.expect_clean(*client);
}

TEST(StreamPeers, TheServerRecordsWhatMayNotReachIt) {
  Play play({});
  const auto encrypting = play.connected(of_kind(StreamKind::tcp));
  encrypting->client().exchange_keys(encrypting->now());
  encrypting->client().raw_bytes(encrypting->now(), from_hex("f382aabb"));
  encrypting->turn();
  auto config = of_kind(StreamKind::tcp);
  config.sends_init = false;
  const auto early = play.client(config);
  early->client().stream_bytes(from_hex("fb0000000c0001f302e50000"));
  told(*early);
  EXPECT_TRUE(
      play.server.wait_until([](const TestServer& server) { return server.violations().size() == 3; }));
  play.server.with([](TestServer& server, TimePoint) {
    EXPECT_THAT(server.violations(),
                testing::UnorderedElementsAre("a key exchange", "an encrypted message of type 2",
                                              "a first message that is no Init"));
  });
}

TEST(StreamPeers, TlsSaysWhichCertificateAndVersionItFound) {
  const TestCertificate certificate;
  const TestCertificate other;
  EXPECT_NE(certificate.fingerprint(), other.fingerprint());
  TestStreamServerOptions options{.kind = StreamKind::websocket};
  options.tls = {certificate.certificate(), certificate.key()};
  Play play(options);
  const auto config = of_kind(StreamKind::websocket);
  StreamSocketClient::Options trusting;
  trusting.tls = {.authority = certificate.certificate(), .server_name = "localhost", .version_max = 12};
  const auto client = play.connected(config, trusting);
  EXPECT_EQ(client->socket()->tls()->version(), "TLSv1.2");
  EXPECT_EQ(client->socket()->tls()->peer_fingerprint(), certificate.fingerprint());

  StreamSocketClient::Options doubting;
  doubting.tls = {.authority = other.certificate()};
  const auto refusing = play.client(config, doubting);
  EXPECT_EQ(told(*refusing).status, Status::network_error);
  EXPECT_EQ(refusing->ending().stream, End::tls_failure);
}

TEST(StreamPeers, EventsPassBetweenClientsOfARoom) {
  Play play({.kind = StreamKind::websocket});
  const auto first = play.connected(of_kind(StreamKind::websocket));
  const auto second = play.connected(of_kind(StreamKind::websocket));
  for (StreamSocketClient* const client : {first.get(), second.get()}) {
    const auto join = write_message(serialization_of(client->client()), message::Type::request, 226,
                                    {{255, byte_array_value(message::Serialization::v16, {})}});
    client->client().raw_bytes(client->now(), join);
  }
  EXPECT_TRUE(run_together(
      {first.get(), second.get()}, [&] { return second->client().count(Kind::event) >= 1; }, patience));
}

}  // namespace
}  // namespace gateway::test
