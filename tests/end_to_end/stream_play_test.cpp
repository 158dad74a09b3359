// Stock clients play over TCP, WebSocket and WSS through the built program.

#include <array>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/stream_scene.h"
#include "support/network_hosts.h"

namespace gateway::test {
namespace {

using Kind = ClientEvent::Kind;
using Scheme = GatewayProcess::Scheme;
using wire::Flags;

std::vector<std::uint8_t> filled(std::size_t size) {
  std::vector<std::uint8_t> data(size);
  std::iota(data.begin(), data.end(), std::uint8_t{1});
  return data;
}

std::string name_of(Scheme scheme) {
  return std::array{"Udp", "Tcp", "Ws", "Wss"}[static_cast<std::size_t>(scheme)];
}

void expect_echo(const StreamSocketClient& client, const ClientEvent* answer, Bytes data, bool sealed) {
  ASSERT_NE(answer, nullptr) << "no answer";
  EXPECT_EQ(answer->encrypted, sealed);
  const auto argument = read_argument(serialization_of(client.client()), message_of(*answer));
  ASSERT_TRUE(argument);
  EXPECT_EQ(argument->data, std::vector<std::uint8_t>(data.begin(), data.end()));
}

class EveryStream : public testing::TestWithParam<Scheme> {
 protected:
  StreamScene scene{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Play, EveryStream, testing::Values(Scheme::tcp, Scheme::ws, Scheme::wss),
                         [](const auto& tested) { return name_of(tested.param); });

TEST_P(EveryStream, ClearAndEncryptedOperationsPassInBothSerializations) {
  for (const Protocol protocol : {Protocol::v16, Protocol::v18}) {
    PhotonStreamClient::Config config;
    config.init.protocol = protocol;
    config.channels = 4;
    const auto client = scene.encrypted(config);
    for (const Flags delivery :
         {Flags::reliable, Flags::unreliable, Flags::unsequenced, Flags::reliable_unsequenced}) {
      for (std::uint8_t channel = 0; channel < 4; ++channel) {
        const auto data = filled(100U + channel);
        expect_echo(*client, ask(*client, static_cast<Operation>(50), 0, data, false, channel, delivery),
                    data, false);
        expect_echo(*client, ask(*client, static_cast<Operation>(60), 0, data, true, channel, delivery), data,
                    true);
        if (GetParam() != Scheme::tcp) continue;  // WebSocket has no channels
        EXPECT_EQ(client->client().last(Kind::response)->channel, channel);
        EXPECT_EQ(client->client().last(Kind::response)->delivery, delivery);
      }
    }
    scene.expect_clean(*client);
  }
}

TEST_P(EveryStream, OneByteToHalfAMegabytePassesBothWays) {
  const auto client = scene.encrypted();
  for (const std::size_t size : {1U, 15U, 16U, 125U, 1100U, 5000U, 65'535U, 100'000U, 511'900U}) {
    for (const bool encrypt : {false, true}) {
      SCOPED_TRACE(std::to_string(size) + (encrypt ? " sealed" : " clear"));
      const auto data = filled(size);
      expect_echo(*client, ask(*client, static_cast<Operation>(encrypt ? 60 : 50), 0, data, encrypt), data,
                  encrypt);
    }
  }
  const ClientEvent* const big = ask(*client, Operation::big, 512'000, {}, true);
  ASSERT_NE(big, nullptr);
  EXPECT_EQ(big->body.size() + 2, 512'000U);
  scene.expect_clean(*client);
}

TEST_P(EveryStream, TheServerSeesOnlyClearMessagesByteForByte) {
  const auto client = scene.encrypted();
  const auto message = write_operation(message::Serialization::v16, Operation::echo, 7, filled(300));
  ASSERT_NE(ask(*client, Operation::echo, 7, filled(300), true), nullptr);
  scene.server.with([&](TestServer& server, TimePoint) {
    EXPECT_EQ(server.received().back().bytes, message);
    for (const auto& received : server.received()) EXPECT_FALSE(received.encrypted);
  });
  scene.expect_clean(*client);
}

TEST_P(EveryStream, TwoClientsInARoomSeeEachOthersClearAndEncryptedEvents) {
  const auto alice = scene.encrypted();
  const auto bob = scene.encrypted();
  ASSERT_NE(ask(*alice, Operation::join, 0, {}, false), nullptr);
  ASSERT_NE(ask(*bob, Operation::join, 0, {}, false), nullptr);
  const auto raise = [&](std::uint8_t code, bool encrypt) {
    const auto message = write_raise_event(message::Serialization::v16, code, filled(30));
    ASSERT_TRUE(
        alice->client().message(alice->now(), 2, Bytes(message).subspan(2), 0, Flags::reliable, encrypt));
    const auto arrived = [&] {
      const auto* const event = bob->client().last(Kind::event);
      return event != nullptr && event->code == code;
    };
    ASSERT_TRUE(run_together(std::vector{alice.get(), bob.get()}, arrived, patience));
    EXPECT_EQ(bob->client().last(Kind::event)->encrypted, encrypt);
  };
  raise(10, false);
  raise(20, true);
  scene.expect_clean(*alice);
  scene.expect_clean(*bob);
}

TEST_P(EveryStream, ASecondKeyExchangeReplacesTheKey) {
  const auto client = scene.encrypted();
  const auto first = client->client().crypto()->key();
  client->client().exchange_keys(client->now());
  ASSERT_TRUE(client->run_until([&] { return client->client().encryption_available(); }, patience));
  EXPECT_NE(client->client().crypto()->key(), first);
  expect_echo(*client, ask(*client, Operation::echo, 0, filled(40), true), filled(40), true);
  scene.expect_clean(*client);
}

TEST_P(EveryStream, TheClientSeesTheServersClock) {
  StreamScene skewed(GetParam(), {.server = {.clock_offset_ms = 123'456'789}});
  const auto client = skewed.connected();
  client->client().fetch_server_time(client->now());
  ASSERT_TRUE(
      client->run_until([&] { return client->client().server_time(client->now()).has_value(); }, patience));
  const auto servers =
      skewed.server.with([](TestServer& server, TimePoint now) { return server.clock_at(now); });
  const auto seen = *client->client().server_time(client->now());
  EXPECT_LT(std::abs(static_cast<std::int32_t>(seen - servers)), 200);
}

TEST_P(EveryStream, PiecesOfOneByteMakeWholeMessages) {
  const auto client = scene.connected({}, {.piece_bytes = 1});
  expect_echo(*client, ask(*client, Operation::echo, 0, filled(700), false), filled(700), false);
  scene.expect_clean(*client);
}

TEST(StreamPlay, EveryInitFormAndGenerationGetsAKeyAndAnAnswerOverTcp) {
  StreamScene scene(Scheme::tcp);
  for (const Generation* generation : generations) {
    for (const InitForm form : {InitForm::binary, InitForm::text, InitForm::v3}) {
      for (const Protocol protocol : {Protocol::v16, Protocol::v18}) {
        SCOPED_TRACE(std::string(generation->name) + " form " + std::to_string(static_cast<int>(form)));
        PhotonStreamClient::Config config;
        config.init.form = form;
        config.init.protocol = protocol;
        const auto client = scene.encrypted(config, {}, *generation);
        expect_echo(*client, ask(*client, Operation::echo, 0, filled(40), true), filled(40), true);
        scene.expect_clean(*client);
      }
    }
  }
}

TEST(StreamPlay, ATokenAsFirstMessageOfAWebSocketReachesTheServerUntouched) {
  StreamScene scene(Scheme::ws);
  PhotonStreamClient::Config config;
  config.init.form = InitForm::text;
  const auto client = scene.connected(config);
  expect_echo(*client, ask(*client, Operation::echo, 0, filled(40), false), filled(40), false);
  scene.server.with([](TestServer& server, TimePoint) {
    ASSERT_FALSE(server.received().empty());
    EXPECT_EQ(server.received().front().bytes.front(), 0xFB);
  });
  scene.expect_clean(*client);
}

TEST(StreamPlay, TheUpgradeReachesTheServerAsTheClientAskedForIt) {
  StreamScene scene(Scheme::ws);
  StreamSocketClient::Options options;
  options.upgrade.target = "/game/?libversion=4.1.8.3&sid=30&app=abc&IPv6";
  options.upgrade.host = "game.example.com:9090";
  options.upgrade.headers = {{"Origin", "https://example.com"}, {"Cookie", "a=b"}};
  PhotonStreamClient::Config config;
  config.init.protocol = Protocol::v18;
  const auto client = scene.connected(config, options);
  const auto upgrades = scene.server.upgrades();
  ASSERT_EQ(upgrades.size(), 1U);
  EXPECT_EQ(upgrades[0].target(), options.upgrade.target);
  EXPECT_EQ(upgrades[0].header("Host"), options.upgrade.host);
  EXPECT_EQ(upgrades[0].header("Origin"), "https://example.com");
  EXPECT_EQ(upgrades[0].header("Cookie"), "a=b");
  EXPECT_EQ(upgrades[0].header("Sec-WebSocket-Protocol"), "GpBinaryV18");
  EXPECT_EQ(upgrades[0].count("Sec-WebSocket-Extensions"), 0U);
  EXPECT_EQ(client->websocket()->head()->header("Sec-WebSocket-Protocol"), "GpBinaryV18");
}

TEST(StreamPlay, TheClientIsToldTheSubProtocolThatTheServerChose) {
  for (const std::string chosen : {"GpBinaryV16", ""}) {
    StreamScene scene(Scheme::ws, {.protocol = chosen});
    const auto client = scene.client({}, {.upgrade = {.protocol = "GpBinaryV16"}});
    client->connect();
    ASSERT_TRUE(client->run_until([&] { return client->websocket()->head().has_value(); }, patience));
    const auto told = client->websocket()->head()->header("Sec-WebSocket-Protocol");
    EXPECT_EQ(told.value_or(""), chosen);
  }
}

TEST(StreamPlay, JsonPassesAsTextThroughWsAndWss) {
  for (const Scheme scheme : {Scheme::ws, Scheme::wss}) {
    StreamScene scene(scheme);
    const auto client = scene.connected({.kind = StreamKind::json});
    const ClientEvent* const answer = ask(*client, std::uint8_t{50}, R"([1,"größer"])");
    ASSERT_NE(answer, nullptr);
    const std::string body(answer->body.begin(), answer->body.end());
    EXPECT_THAT(body, testing::HasSubstr("größer"));
    scene.server.with([](TestServer& server, TimePoint) {
      ASSERT_FALSE(server.received().empty());
      for (const auto& received : server.received()) EXPECT_EQ(received.form, transport::Form::text);
    });
    scene.expect_clean(*client);
  }
}

TEST(StreamPlay, OnWssAMarkedMessageWithoutAKeyReachesTheServerUnmarked) {
  StreamScene scene(Scheme::wss);
  const auto client = scene.connected();
  auto message = write_operation(message::Serialization::v16, Operation::echo, 7, filled(30));
  message[1] |= 0x80;
  ASSERT_TRUE(client->client().raw_bytes(client->now(), message));
  ASSERT_TRUE(client->run_until([&] { return client->client().count(Kind::response) > 0; }, patience));
  message[1] &= 0x7F;
  scene.server.with(
      [&](TestServer& server, TimePoint) { EXPECT_EQ(server.received().back().bytes, message); });
  scene.expect_clean(*client);
}

TEST(StreamPlay, Tls12And13AreSpokenAndNothingOlder) {
  StreamScene scene(Scheme::wss);
  for (const int version : {12, 13}) {
    const TlsChannel::ClientOptions tls{.authority = scene.certificate.certificate(), .version_max = version};
    const auto client = scene.connected({}, {.tls = tls});
    EXPECT_EQ(client->socket()->tls()->version(), "TLSv1." + std::to_string(version - 10));
  }
  const auto old = scene.client({}, {.tls = TlsChannel::ClientOptions{.version_max = 11}});
  old->connect();
  EXPECT_TRUE(old->run_until([&] { return old->ended(); }, patience));
  EXPECT_FALSE(old->connected());
}

TEST(StreamPlay, ClientsWhoseApplicationsAreSilentStay) {
  StreamScene tcp(Scheme::tcp);
  StreamScene ws(Scheme::ws);
  StreamScene wss(Scheme::wss);
  const auto first = tcp.encrypted();
  const auto second = ws.encrypted();
  const auto third = wss.connected();
  run_together(
      std::vector{first.get(), second.get(), third.get()}, [] { return false; }, seconds(35));
  for (StreamSocketClient* client : {first.get(), second.get(), third.get()}) {
    EXPECT_TRUE(client->client().initialised());
    expect_echo(*client, ask(*client, Operation::echo, 0, filled(10), client != third.get()), filled(10),
                client != third.get());
  }
}

}  // namespace
}  // namespace gateway::test
