#include "session/session.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "unit/session/udp_peers.h"

namespace gateway::session {
namespace {

using transport::Delivery;
using transport::Phase;
using transport::ReliableUdp;

/// Of 100 KB and the type.
Text large_message(std::uint8_t type) {
  Text message(100'000, 0);
  message[0] = 0xF3;
  message[1] = type;
  return message;
}

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
  EXPECT_TRUE(session->record().violation);
  EXPECT_TRUE(received(*server).empty());
}

TEST_F(SessionTest, EndsAtAnEncryptedMessageWithoutAKey) {
  initialize();
  from_client({0xF3, 0x82, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
  EXPECT_EQ(told(), 1);
  EXPECT_EQ(session->record().end, End::bad_encryption);
  EXPECT_TRUE(session->record().violation);
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
  EXPECT_FALSE(session->record().violation);  // its key may be a genuine one
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
  EXPECT_TRUE(session->record().violation);
}

TEST_F(SessionTest, AnswersWhatARuleRejectsOnItsChannelAndDelivery) {
  options.rules.operations = {{.operations = policy::Codes().set(230)}};
  initialize();
  received(*client);
  received(*server);
  for (const Delivery delivery : {Delivery::reliable, Delivery::unreliable}) {
    client->send(now, {Text{0xF3, 0x02, 230, 0, 0}, 1, delivery});
    shuttle();
    const auto answer = client->next_payload();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->channel, 1);
    EXPECT_EQ(answer->delivery, delivery);
    EXPECT_EQ(Text(answer->bytes.begin(), answer->bytes.begin() + 5), (Text{0xF3, 0x03, 230, 0x7F, 0xFF}));
  }
  EXPECT_TRUE(received(*server).empty());
  EXPECT_EQ(told(), 0);
}

TEST_F(SessionTest, EndsWhereARuleDemandsItAndTheServerSeesNothing) {
  options.rules.operations = {{.operations = policy::Codes().set(230),
                               .without_parameter = {},
                               .otherwise = policy::Refusal::disconnect}};
  initialize();
  received(*server);
  from_client({0xF3, 0x02, 230, 0, 0});
  EXPECT_EQ(told(), 1);
  EXPECT_EQ(session->record().end, End::policy);
  EXPECT_TRUE(session->record().violation);
  EXPECT_TRUE(received(*server).empty());
}

TEST_F(SessionTest, WithATokenPassesWhatNoRuleCanReadButNotWhatItCan) {
  options.rules.operations = {{.operations = policy::Codes().set()}};
  initialize(init_with_token());
  received(*server);
  const Text opaque{0xF3, 0x82, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  from_client(opaque);
  from_client({0xF3, 0x02, 1, 0, 0});
  EXPECT_EQ(received(*server), std::vector<Text>{opaque});
}

TEST_F(SessionTest, HoldsOnlySoMuchOfAClientBeforeInitResponse) {
  options.before_init_max = 1000;
  begin();
  from_client(init_16());
  connect_server();
  for (int i = 0; i < 3; ++i) from_client(Text(400, 0xF3));
  EXPECT_EQ(told(), 1);
  EXPECT_EQ(session->record().end, End::before_init);
  EXPECT_FALSE(session->record().violation);  // a slow server's client may have much to say
}

TEST_F(SessionTest, EndsAtTheThirdBadKeyAsAViolation) {
  initialize();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(told(), 0);
    from_client(test::write_key_request(test::Protocol::v16, Text{0}));
    ASSERT_TRUE(session->take_exchange());
    session->exchange_done(now, ExchangeResult::bad_key);
    shuttle();
  }
  EXPECT_EQ(told(), 1);
  EXPECT_EQ(session->record().end, End::key_exchange);
  EXPECT_TRUE(session->record().violation);
}

TEST_F(SessionTest, WhoseSecondKeyIsRefusedForWantOfTimeViolatesNothing) {
  initialize();
  const test::PhotonCrypto crypto = exchange_keys();
  from_client(test::write_key_request(test::Protocol::v16, crypto.public_key()));
  ASSERT_TRUE(session->take_exchange());
  session->exchange_done(now, ExchangeResult::throttled);
  EXPECT_EQ(session->record().end, End::key_exchange);
  EXPECT_FALSE(session->record().violation);
}

TEST_F(SessionTest, WhoseFifthKeyIsRefusedEndsAsTheClientThrewItsKeyAwayAndViolatesNothing) {
  initialize();
  for (std::uint32_t i = 0; i < options.exchanges_max; ++i) exchange_keys();
  ASSERT_EQ(told(), 0);
  EXPECT_EQ(session->record().exchanges, 4U);
  const test::PhotonCrypto crypto(Text(20, 5));
  from_client(test::write_key_request(test::Protocol::v16, crypto.public_key()));
  EXPECT_FALSE(session->take_exchange()) << "nothing is computed for it";
  EXPECT_EQ(stats.exchanges[static_cast<std::size_t>(ExchangeResult::over_limit)].value(), 1U);
  EXPECT_EQ(stats.exchanges[static_cast<std::size_t>(ExchangeResult::ok)].value(), 4U);
  EXPECT_EQ(told(), 1);
  EXPECT_EQ(session->record().end, End::key_exchange);
  EXPECT_FALSE(session->record().violation);  // how many are allowed is nothing that a client could know
}

// No configuration says so: of one exchange a session has a key.
TEST_F(SessionTest, WithoutAKeyTellsTheClientThatAnExchangeIsOneTooMany) {
  options.exchanges_max = 0;
  initialize();
  const test::PhotonCrypto crypto(Text(20, 5));
  from_client(test::write_key_request(test::Protocol::v16, crypto.public_key()));
  EXPECT_FALSE(session->take_exchange()) << "nothing is computed for it";
  const Text answer = received(*client).back();
  const auto head = test::read_response(test::Protocol::v16, Bytes(answer).subspan(2));
  ASSERT_TRUE(head);
  EXPECT_EQ(head->return_code, -1);
  EXPECT_EQ(head->debug, "too many key exchanges");
  EXPECT_EQ(stats.exchanges[static_cast<std::size_t>(ExchangeResult::over_limit)].value(), 1U);
  EXPECT_EQ(told(), 0);
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

TEST_F(SessionTest, EndedForItsMemoryGivesItBackAtOnceAndTellsTheClient) {
  initialize();
  dead_server = true;
  const Text large = large_message(0x02);
  for (int i = 0; i < 5; ++i) from_client(large);
  EXPECT_GT(session->buffered_bytes(), 500'000U);
  session->end(now, End::memory, 1);
  EXPECT_EQ(session->buffered_bytes(), 0U);
  shuttle();
  EXPECT_EQ(told(), 1);
  EXPECT_EQ(session->record().end, End::memory);
  EXPECT_EQ(stats.ended[static_cast<std::size_t>(End::memory)].value(), 1U);
}

TEST_F(SessionTest, EndsWhenMoreWaitsForAServerThatTakesNothingThanIsBuffered) {
  options.upstream.buffered = 300'000;
  initialize();
  dead_server = true;
  const Text large = large_message(0x02);
  for (int i = 0; i < 2; ++i) from_client(large);
  EXPECT_EQ(session->record().end, End::none);
  EXPECT_GE(session->buffered_bytes(), 200'000U);
  from_client(large);  // with what its fragments cost it doesn't fit
  EXPECT_EQ(session->record().end, End::buffered);
  EXPECT_FALSE(session->record().violation);
  EXPECT_EQ(stats.ended[static_cast<std::size_t>(End::buffered)].value(), 1U);
  EXPECT_EQ(told(), 1);
}

TEST_F(SessionTest, EndsWhenMoreWaitsForAClientThatTakesNothingThanIsBuffered) {
  options.downstream.buffered = 300'000;
  initialize();
  deaf_client = true;
  const Text large = large_message(0x03);
  for (int i = 0; i < 2; ++i) from_server(large);
  EXPECT_EQ(session->record().end, End::none);
  from_server(large);
  EXPECT_EQ(session->record().end, End::buffered);
  EXPECT_EQ(stats.ended[static_cast<std::size_t>(End::buffered)].value(), 1U);
}

TEST_F(SessionTest, KeepsBooksOfTheMessagesThatWait) {
  initialize();
  dead_server = true;
  const std::size_t before = session->bookkeeping_bytes();
  const Text small{0xF3, 0x02, 1, 0, 0};
  for (int i = 0; i < 1000; ++i) client->send(now, {small, 0, transport::Delivery::reliable});
  shuttle();
  EXPECT_GE(session->bookkeeping_bytes(), before + 1000 * 62);
}

// A datagram that fills a gap can make thousands ready.
TEST_F(SessionTest, RelaysAShareOfWhatADatagramMadeReadyAtOnceAndTheRestRightAfter) {
  initialize();
  const auto relayed = [&] {
    const auto& counts = stats.relayed;
    return counts[0][0] + counts[0][1] + counts[1][0] + counts[1][1];
  };
  const Text small{0xF3, 0x02, 1, 0, 0};
  for (int i = 0; i < 200; ++i) client->send(now, {small, 0, transport::Delivery::reliable});
  std::array<std::uint8_t, 1200> first{};
  std::array<std::uint8_t, 1200> out{};
  const std::size_t first_size = client->next_output(now, first);
  while (const std::size_t size = client->next_output(now, out))
    session->receive(Side::downstream, now, Bytes(out).first(size));
  const auto before = relayed();
  session->receive(Side::downstream, now, Bytes(first).first(first_size));
  EXPECT_EQ(relayed(), before + 64);
  for (const std::uint32_t all : {128U, 192U, 200U}) {
    EXPECT_LT(session->deadline(), now + milliseconds(1));
    now = session->deadline();
    session->advance(now);
    EXPECT_EQ(relayed(), before + all);
  }
}

// Sanitizers see it when it doesn't.
TEST_F(SessionTest, ForgetsTheClockOfAServerThatIsGivenUp) {
  begin();
  from_client(init_16());
  ASSERT_TRUE(session->wants_upstream());
  auto first = std::make_unique<transport::ServerClock>();
  session->upstream_opened(now, {0}, *first);
  pass_time(options.connect_timeout / 2);
  ASSERT_TRUE(session->wants_upstream());
  first.reset();  // as it was the last session at that server
  session->upstream_error(now, UpstreamError::no_capacity);
  shuttle();
  EXPECT_NE(told(), 0);
}

TEST_F(SessionTest, IsClosedOnceBothSidesAreTold) {
  initialize();
  client->close(now, {}, transport::Linger::now);
  shuttle();
  EXPECT_TRUE(session->closed());
  EXPECT_EQ(session->record().end, End::client_disconnect);
  EXPECT_FALSE(session->record().violation);
  EXPECT_EQ(server->close_reason().cause, transport::Cause::peer);
  EXPECT_EQ(server->close_reason().code, 4);
}

TEST_F(SessionTest, HasNothingDueAfterAnInputAtTheMomentAtWhichSomethingWas) {
  initialize();
  exchange_keys();
  now = session->deadline();  // the key is confirmed then
  server->send(now, {Text{0xF3, 0x04, 1, 0, 0}, 0, Delivery::reliable});
  while (pass_once()) {
  }
  EXPECT_GT(session->deadline(), now);
}

TEST_F(SessionTest, HasNothingDueWhenItEndsAtTheMomentAtWhichItsKeyWouldBeConfirmed) {
  initialize();
  exchange_keys();
  now = session->deadline();
  session->end(now, End::shutdown, 1);
  while (pass_once()) {
  }
  EXPECT_GT(session->deadline(), now);
}

TEST_F(SessionTest, EndsAtItsLimitOfTheInitAlsoWhenSomethingComesThen) {
  begin();
  connect_server();
  shuttle();
  now += options.init_timeout;
  client->send(now, {init_16(), 0, Delivery::reliable});
  while (pass_once()) {
  }
  EXPECT_EQ(session->record().end, End::init_timeout);
}

}  // namespace
}  // namespace gateway::session
