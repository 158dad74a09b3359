// The key exchange in whole sessions: when sealing begins, what a second exchange does, how bad keys end.

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simulation/traffic.h"
#include "simulation/world.h"

namespace gateway::test {
namespace {

using Kind = ClientEvent::Kind;

bool ask(World& world, ClientHost& host, Operation code, bool encrypt) {
  const std::size_t before = host.client().count(Kind::response);
  if (!host.client().operation(world.now(), operation_of(host.client(), code, 0, {}, encrypt))) return false;
  return world.run_until([&] { return host.client().count(Kind::response) > before; }, seconds(10));
}

/// A key request with these bytes as public key, which no library would send.
bool ask_with_key(World& world, ClientHost& host, Bytes key) {
  const std::size_t before = host.client().count(Kind::encryption_failed);
  const std::size_t ends = host.client().count(Kind::disconnected);
  host.client().raw_bytes(world.now(), write_key_request(host.client().config().init.protocol, key));
  return world.run_until(
      [&] {
        return host.client().count(Kind::encryption_failed) > before ||
               host.client().count(Kind::disconnected) > ends;
      },
      seconds(10));
}

TEST(KeyExchange, NeverReachesTheServer) {
  World world({});
  ClientHost& host = world.connected_client();
  ASSERT_TRUE(world.exchange_keys(host));
  ASSERT_TRUE(ask(world, host, Operation::echo, true));
  EXPECT_EQ(world.server().received().size(), 2U);  // Init and the operation
  EXPECT_THAT(world.violations(), testing::IsEmpty());
}

TEST(KeyExchange, SecondOneReplacesTheKeyAndWhatWasEncryptedStaysSealed) {
  for (const Duration delay : {Duration{}, Duration(milliseconds(400))}) {
    WorldOptions options;
    options.gateway.exchange_delay = delay;
    World world(options);
    ClientHost& host = world.connected_client();
    ASSERT_TRUE(world.exchange_keys(host));
    ASSERT_TRUE(ask(world, host, Operation::echo, true));
    const auto first = host.client().crypto()->key();
    ASSERT_TRUE(world.exchange_keys(host));
    EXPECT_NE(host.client().crypto()->key(), first);
    ASSERT_TRUE(ask(world, host, Operation::echo, false));
    EXPECT_TRUE(host.client().last(Kind::response)->encrypted) << "the code was once asked for encrypted";
    EXPECT_EQ(host.client().undecryptable(), 0U);
    EXPECT_THAT(world.violations(), testing::IsEmpty());
  }
}

TEST(KeyExchange, BadKeyIsRefusedAndTheSessionLives) {
  World world({});
  ClientHost& host = world.connected_client();
  ASSERT_TRUE(ask_with_key(world, host, std::vector<std::uint8_t>{1}));
  EXPECT_EQ(host.client().count(Kind::encryption_failed), 1U);
  EXPECT_EQ(host.client().last(Kind::encryption_failed)->return_code, -1);
  EXPECT_TRUE(ask(world, host, Operation::echo, false));
  EXPECT_TRUE(world.exchange_keys(host));
}

TEST(KeyExchange, BadKeyEndsASessionThatHasOne) {
  World world({});
  ClientHost& host = world.connected_client();
  ASSERT_TRUE(world.exchange_keys(host));
  ASSERT_TRUE(ask_with_key(world, host, std::vector<std::uint8_t>{0}));
  ASSERT_TRUE(world.run_until([&] { return host.client().count(Kind::disconnected) == 1; }, seconds(10)));
  world.run_for(seconds(10));
  ASSERT_EQ(world.gateway->ended().size(), 1U);
  EXPECT_EQ(world.gateway->ended()[0].end, session::End::key_exchange);
}

/// Events arrive on another channel all the time while a slow client exchanges keys: one sealed before the
/// client has its key would be lost for good.
TEST(KeyExchange, NothingIsSealedBeforeTheClientHasItsKey) {
  for (const Duration frame : {milliseconds(10), milliseconds(50), milliseconds(200)}) {
    for (const double loss : {0.0, 0.15}) {
      WorldOptions options;
      options.client_link = {.delay = milliseconds(40), .jitter = milliseconds(40), .loss = loss};
      options.gateway.session.events = session::Events::all;
      World world(options);
      ClientHost& host = world.connected_client(generation_4_1_8, {}, frame);
      const Address peer = *world.gateway->upstream_of(host.address());
      host.client().exchange_keys(world.now());
      const auto event = write_message(message::Serialization::v16, message::Type::event, 9, {});
      std::size_t sent = 0;
      for (; sent < 300; ++sent) {
        world.use_server(0, [&](TestServer& server) {
          server.send(world.now(), peer, {event, 1, transport::Delivery::reliable});
        });
        world.run_for(milliseconds(10));
      }
      world.run_for(seconds(20));
      EXPECT_TRUE(host.client().encryption_available());
      EXPECT_EQ(host.client().undecryptable(), 0U);
      EXPECT_EQ(host.client().count(Kind::event), sent);
      EXPECT_TRUE(host.client().last(Kind::event)->encrypted);
    }
  }
}

TEST(Silence, OfTheApplicationForThreeMinutesEndsNothing) {
  for (const Generation* generation : generations) {
    World world({});
    ClientHost& playing = world.connected_client(*generation);
    ClientHost& loading = world.connected_client(*generation);
    loading.stall(true);  // a level loads: only acknowledgements leave
    world.run_for(minutes(3));
    loading.stall(false);
    for (ClientHost* const host : {&playing, &loading}) {
      EXPECT_TRUE(host->client().initialised());
      EXPECT_TRUE(ask(world, *host, Operation::echo, false));
    }
    EXPECT_THAT(world.violations(), testing::IsEmpty());
  }
}

TEST(Silence, OfAVanishedClientEndsItsSession) {
  World world({});
  ClientHost& host = world.connected_client();
  world.client_link(host).cut = true;
  EXPECT_TRUE(world.run_until([&] { return world.gateway->session_count() == 0; }, seconds(45)));
  EXPECT_EQ(world.gateway->ended().back().end, session::End::client_timeout);
  world.run_for(seconds(5));
  ASSERT_EQ(world.server().ended().size(), 1U);
  EXPECT_EQ(world.server().ended()[0].reason.code, 2);
}

TEST(Silence, OfAVanishedServerIsToldToTheClient) {
  World world({});
  ClientHost& host = world.connected_client();
  world.server_link().cut = true;
  ASSERT_TRUE(world.run_until([&] { return host.client().count(Kind::disconnected) == 1; }, seconds(45)));
  EXPECT_EQ(host.client().last(Kind::disconnected)->status, ClientEvent::Status::by_server);
  EXPECT_EQ(host.client().last(Kind::disconnected)->reason, 2);
}

TEST(StalledServer, MakesASessionHoldNoMoreThanBuffered) {
  WorldOptions options;
  options.server.stall_after = 2;
  World world(options);
  ClientHost& host = world.connected_client(generation_4_0);
  const std::vector<std::uint8_t> data(50'000);
  host.application([&](TimePoint now, PhotonClient& client) {
    if (client.sender().waiting() < 100)
      client.operation(now, operation_of(client, Operation::silent, 0, data, false));
  });
  ASSERT_TRUE(
      world.run_until([&] { return host.client().last(Kind::disconnected) != nullptr; }, seconds(60)));
  const std::size_t buffered = options.gateway.session.upstream.buffered;
  EXPECT_GT(world.gateway->held_max(), 0U);
  EXPECT_LE(world.gateway->held_max(), buffered + options.gateway.session.message_max);
  constexpr auto by_it = static_cast<std::size_t>(session::End::buffered);
  EXPECT_EQ(world.gateway->stats().ended[by_it].value(), 1U) << "ended by something else";
  EXPECT_THAT(world.violations(), testing::IsEmpty());
}

/// Milliseconds by which two readings of the server's clock differ.
std::int32_t apart(std::uint32_t a, std::uint32_t b) {
  return std::abs(static_cast<std::int32_t>(a - b));
}

TEST(Clock, OfADriftingServerIsTheSameForOldAndNewClientsAfterThreeHours) {
  for (const double ppm : {50.0, -50.0}) {
    WorldOptions options;
    options.server.clock_offset_ms = 123'456'789;
    options.server.clock_drift_ppm = ppm;
    options.client_link.delay = milliseconds(20);
    World world(options);
    ClientHost& old = world.connected_client(generation_4_1_8, {}, milliseconds(50));
    world.run_for(hours(3));
    old.client().fetch_server_time(world.now());
    ClientHost& fresh = world.connected_client(generation_4_1_8, {}, milliseconds(50));
    world.run_for(seconds(5));
    const auto of_old = old.client().server_time(world.now());
    const auto of_fresh = fresh.client().server_time(world.now());
    ASSERT_TRUE(of_old && of_fresh);
    EXPECT_LT(apart(*of_old, *of_fresh), 5);
    EXPECT_LT(apart(*of_old, world.server().clock_at(world.now())), 5);
    EXPECT_LT(apart(*of_fresh, world.server().clock_at(world.now())), 5);
  }
}

}  // namespace
}  // namespace gateway::test
