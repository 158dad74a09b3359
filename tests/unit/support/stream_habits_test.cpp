// What the test peers for streams do on one kind of stream only, and what tests can make them do.

#include "support/loopback.h"
#include "support/test_certificate.h"
#include "support/vectors.h"
#include "unit/support/stream_play.h"

namespace gateway::test {
namespace {

using End = StreamSocket::End;
using Kind = ClientEvent::Kind;
using Status = ClientEvent::Status;
using Play = StreamPlay;

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
