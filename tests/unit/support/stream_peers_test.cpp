// The test peers for streams against each other over real sockets, without a gateway between them: what holds
// on every binary stream.

#include "support/test_certificate.h"
#include "unit/support/stream_play.h"

namespace gateway::test {
namespace {

using End = StreamSocket::End;
using Kind = ClientEvent::Kind;
using Status = ClientEvent::Status;
using Play = StreamPlay;

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
  EXPECT_LT(*seen - expected + 500, 1000U);  // ms
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
      3 * patience));  // sanitizers take their time
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

}  // namespace
}  // namespace gateway::test
