// Stock clients play through the built program over real sockets.

#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/gateway_process.h"
#include "support/network_hosts.h"

namespace gateway::test {
namespace {

using Kind = ClientEvent::Kind;
using wire::Flags;

std::vector<std::uint8_t> filled(std::size_t size) {
  std::vector<std::uint8_t> data(size);
  std::iota(data.begin(), data.end(), std::uint8_t{1});
  return data;
}

PhotonClient::Config speaking(Protocol protocol) {
  PhotonClient::Config config;
  config.init.protocol = protocol;
  config.channels = 4;
  return config;
}

/// An answer that is the echo of `data`, sealed or not.
void expect_echo(PhotonSocketClient& client, const ClientEvent* answer, Bytes data, bool sealed) {
  ASSERT_NE(answer, nullptr) << "no answer";
  EXPECT_EQ(answer->encrypted, sealed);
  const auto argument = read_argument(serialization_of(client.client()), message_of(*answer));
  ASSERT_TRUE(argument);
  EXPECT_EQ(argument->data, std::vector<std::uint8_t>(data.begin(), data.end()));
}

void expect_clean(Scene& scene, PhotonSocketClient& client) {
  EXPECT_THAT(client.client().violations(), testing::IsEmpty());
  EXPECT_EQ(client.client().undecryptable(), 0U);
  scene.server.with(
      [](TestServer& server, TimePoint) { EXPECT_THAT(server.violations(), testing::IsEmpty()); });
}

class BothSerializations : public testing::TestWithParam<Protocol> {};
INSTANTIATE_TEST_SUITE_P(Play, BothSerializations, testing::Values(Protocol::v16, Protocol::v18),
                         [](const auto& tested) { return tested.param == Protocol::v16 ? "V16" : "V18"; });

TEST_P(BothSerializations, ClearAndEncryptedOperationsPassOnEveryChannelInEveryDelivery) {
  Scene scene;
  const auto client = scene.encrypted(speaking(GetParam()));
  for (const Flags delivery :
       {Flags::reliable, Flags::unreliable, Flags::unsequenced, Flags::reliable_unsequenced}) {
    for (std::uint8_t channel = 0; channel < 4; ++channel) {
      SCOPED_TRACE(static_cast<int>(delivery) * 10 + channel);
      const auto data = filled(100U + channel);
      expect_echo(*client, ask(*client, static_cast<Operation>(50), 0, data, false, channel, delivery), data,
                  false);
      expect_echo(*client, ask(*client, static_cast<Operation>(60), 0, data, true, channel, delivery), data,
                  true);
      EXPECT_EQ(client->client().last(Kind::response)->channel, channel);
      EXPECT_EQ(client->client().last(Kind::response)->delivery, delivery);
    }
  }
  expect_clean(scene, *client);
}

TEST_P(BothSerializations, OneByteToHalfAMegabytePassesBothWays) {
  Scene scene;
  const auto client = scene.encrypted(speaking(GetParam()));
  for (const std::size_t size : {1U, 15U, 16U, 1100U, 1152U, 5000U, 100'000U, 511'900U}) {
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
  expect_clean(scene, *client);
}

TEST(Play, EveryInitFormAndGenerationGetsAKeyAndAnAnswer) {
  Scene scene;
  for (const Generation* generation : generations) {
    for (const InitForm form : {InitForm::binary, InitForm::text, InitForm::v3}) {
      for (const Protocol protocol : {Protocol::v16, Protocol::v18}) {
        SCOPED_TRACE(std::string(generation->name) + " form " + std::to_string(static_cast<int>(form)));
        PhotonClient::Config config = speaking(protocol);
        config.init.form = form;
        const auto client = scene.encrypted(config, *generation);
        expect_echo(*client, ask(*client, Operation::echo, 0, filled(40), true), filled(40), true);
        expect_clean(scene, *client);
        client->client().disconnect(client->now());
        client->run_for(milliseconds(50));
      }
    }
  }
}

TEST(Play, TheServerSeesOnlyClearMessagesByteForByte) {
  Scene scene;
  const auto client = scene.encrypted();
  const auto message = write_operation(message::Serialization::v16, Operation::echo, 7, filled(300));
  ASSERT_NE(ask(*client, Operation::echo, 7, filled(300), true), nullptr);
  scene.server.with([&](TestServer& server, TimePoint) {
    EXPECT_EQ(server.received().back().bytes, message);
    for (const auto& received : server.received()) EXPECT_FALSE(received.encrypted);
    EXPECT_THAT(server.violations(), testing::IsEmpty());
  });
}

TEST(Play, AClientWithCrcAndOneWithTheSmallestMtuPlayToo) {
  Scene scene;
  PhotonClient::Config crc;
  crc.crc = true;
  PhotonClient::Config narrow;
  narrow.mtu = 576;
  for (const PhotonClient::Config& config : {crc, narrow}) {
    const auto client = scene.client(config);
    std::size_t longest = 0;
    client->trace([&](PhotonSocketClient::Sent sent, Bytes bytes) {
      if (sent == PhotonSocketClient::Sent::by_server) longest = std::max(longest, bytes.size());
    });
    client->connect();
    ASSERT_TRUE(client->run_until([&] { return client->client().initialised(); }, patience));
    client->client().exchange_keys(client->now());
    ASSERT_TRUE(client->run_until([&] { return client->client().encryption_available(); }, patience));
    expect_echo(*client, ask(*client, Operation::echo, 0, filled(20'000), true), filled(20'000), true);
    EXPECT_LE(longest, config.mtu);
    expect_clean(scene, *client);
  }
}

TEST(Play, TwoClientsInARoomSeeEachOthersClearAndEncryptedEvents) {
  Scene scene;
  const auto alice = scene.encrypted();
  const auto bob = scene.encrypted();
  ASSERT_NE(ask(*alice, Operation::join, 0, {}, false), nullptr);
  ASSERT_NE(ask(*bob, Operation::join, 0, {}, false), nullptr);
  ASSERT_NE(ask(*bob, Operation::echo, 0, {}, true), nullptr);  // bob's key is confirmed
  const auto raise = [&](std::uint8_t code, bool encrypt) {
    const auto message = write_raise_event(message::Serialization::v16, code, filled(30));
    ASSERT_TRUE(
        alice->client().message(alice->now(), 2, Bytes(message).subspan(2), 0, Flags::reliable, encrypt));
    ASSERT_TRUE(run_together(
        {alice.get(), bob.get()},
        [&] {
          return bob->client().last(Kind::event) != nullptr && bob->client().last(Kind::event)->code == code;
        },
        patience));
    EXPECT_EQ(bob->client().last(Kind::event)->encrypted, encrypt);
  };
  raise(10, false);
  raise(20, true);
  expect_clean(scene, *alice);
  expect_clean(scene, *bob);
}

TEST(Play, ARegionPingIsEchoed) {
  Scene scene;
  // The probe needs no connection: thirteen bytes there, the same thirteen back.
  std::vector<std::uint8_t> ping(12, 0x7D);
  ping.push_back(42);
  EXPECT_EQ(exchange_datagram(scene.gateway.port(), ping, patience), ping);
}

TEST(Play, AClientWhoseApplicationIsSilentStays) {
  Scene scene;
  const auto client = scene.encrypted();
  client->run_for(seconds(40));
  EXPECT_TRUE(client->client().initialised());
  expect_echo(*client, ask(*client, Operation::echo, 0, filled(10), true), filled(10), true);
  expect_clean(scene, *client);
}

}  // namespace
}  // namespace gateway::test
