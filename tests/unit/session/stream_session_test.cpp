// Sessions over TCP.

#include <array>

#include <gtest/gtest.h>

#include "unit/session/stream_peers.h"

namespace gateway::session {
namespace {

TEST_F(StreamSessionTest, WantsAServerOnlyAfterOneWholeValidInit) {
  begin_tcp();
  slice = 1;
  const Text init = init_16();
  client->send(now, {init, 0, Delivery::reliable});
  std::array<std::uint8_t, 48> frame{};
  ASSERT_EQ(client->next_output(now, frame), 48U);
  session->receive(Side::downstream, now, Bytes(frame).first(47));
  EXPECT_FALSE(session->wants_upstream());
  session->receive(Side::downstream, now, Bytes(frame).subspan(47));
  EXPECT_TRUE(session->wants_upstream());
}

TEST_F(StreamSessionTest, PassesMessagesWithTheirChannelAndDelivery) {
  initialize();
  slice = 3;
  from_client(request, 7, Delivery::reliable_unsequenced);
  from_server(response, 9, Delivery::unsequenced);
  EXPECT_EQ(copy(server->next_payload()->bytes), init_16());
  const auto passed = server->next_payload();
  EXPECT_EQ(copy(passed->bytes), request);
  EXPECT_EQ(passed->channel, 7);
  EXPECT_EQ(passed->delivery, Delivery::reliable_unsequenced);
  EXPECT_EQ(received(*client), (std::vector<Text>{{0xF3, 0x01, 0x00}, response}));
}

TEST_F(StreamSessionTest, PassesPingsSoThatTheServersClockReachesTheClient) {
  initialize();
  from_client(ping, 0, Delivery::reliable, Form::ping);
  from_server(pong, 0, Delivery::reliable, Form::ping);
  EXPECT_EQ(received(*server).back(), ping);
  EXPECT_EQ(received(*client).back(), pong);
  EXPECT_EQ(stats.unparsed_messages.value(), 0U);
}

TEST_F(StreamSessionTest, PassesPingsBeforeTheInitResponseToo) {
  begin_tcp();
  from_client(init_16());
  open_server();
  from_client(ping, 0, Delivery::reliable, Form::ping);
  EXPECT_EQ(received(*server).back(), ping);
  from_server(pong, 0, Delivery::reliable, Form::ping);
  EXPECT_EQ(received(*client).back(), pong);
  EXPECT_FALSE(session->initialized());
}

TEST_F(StreamSessionTest, EndsWithoutAServerWhenTheFirstMessageIsNoInit) {
  begin_tcp();
  from_client(request);
  EXPECT_EQ(session->record().end, End::not_init);
  EXPECT_FALSE(session->wants_upstream());
  EXPECT_TRUE(session->closed());
}

TEST_F(StreamSessionTest, EndsWhenNoInitComesInTime) {
  begin_tcp();
  pass_time(options.init_timeout);
  EXPECT_EQ(session->record().end, End::init_timeout);
}

TEST_F(StreamSessionTest, EndsWhenTheServerNeverAnswersInit) {
  begin_tcp();
  from_client(init_16());
  open_server();
  pass_time(options.init_timeout);
  EXPECT_EQ(session->record().end, End::init_timeout);
}

TEST_F(StreamSessionTest, OpensWhatIsEncryptedAndSealsTheAnswerAtOnce) {
  initialize();
  const auto crypto = exchange_keys();
  from_client(sealed(crypto, request), 2);
  EXPECT_EQ(received(*server).back(), request);
  from_server(response, 2);
  EXPECT_EQ(received(*client).back(), sealed(crypto, response));
}

TEST_F(StreamSessionTest, DoesNotForwardTheClientsKeyExchange) {
  initialize();
  exchange_keys();
  EXPECT_EQ(received(*server), std::vector<Text>{init_16()});
}

TEST_F(StreamSessionTest, AnswersAKeyExchangeOnlyAfterTheServersInitResponse) {
  begin_tcp();
  from_client(init_16());
  open_server();
  test::PhotonCrypto crypto(Text(20, 5));
  from_client(test::write_key_request(test::Protocol::v16, crypto.public_key()));
  EXPECT_FALSE(session->take_exchange());
  from_server({0xF3, 0x01, 0x00});
  EXPECT_TRUE(session->take_exchange());
}

TEST_F(StreamSessionTest, EndsAtAnEncryptedMessageWithoutAKey) {
  initialize();
  from_client({0xF3, 0x82, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
  EXPECT_EQ(session->record().end, End::bad_encryption);
  EXPECT_TRUE(session->closed(Side::downstream));
}

TEST_F(StreamSessionTest, WithATokenPassesWhatItCannotOpenBothWays) {
  initialize(init_with_token());
  const Text opaque{0xF3, 0x82, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  from_client(opaque);
  EXPECT_EQ(received(*server).back(), opaque);
}

TEST_F(StreamSessionTest, TheLargestMessagePassesSealedAndClearAndALargerOneEndsIt) {
  initialize();
  const auto crypto = exchange_keys();
  Text largest(options.message_max, 0x55);
  std::ranges::copy(request, largest.begin());
  from_client(largest);
  EXPECT_EQ(received(*server).back(), largest);
  from_client(sealed(crypto, largest));
  EXPECT_EQ(received(*server).back(), largest);
  largest.push_back(0);
  from_client(largest);
  EXPECT_EQ(session->record().end, End::message_size);
}

TEST_F(StreamSessionTest, AFrameLongerThanAnyMessageEndsItBeforeItIsComplete) {
  initialize();
  const Text header{0xFB, 0x00, 0x07, 0xD0, 0x18, 0x00, 0x01};  // 512,024
  session->receive(Side::downstream, now, header);
  EXPECT_EQ(session->record().end, End::message_size);
}

TEST_F(StreamSessionTest, AByteThatBeginsNothingEndsIt) {
  initialize();
  session->receive(Side::downstream, now, Text{0x16});
  EXPECT_EQ(session->record().end, End::protocol_error);
  EXPECT_TRUE(session->record().violation);
}

TEST_F(StreamSessionTest, NothingBeforeAValidInitIsAViolation) {
  const std::string_view get = "GET / HTTP/1.1\r\n\r\n";
  const Text http(get.begin(), get.end());
  const Text no_init{0xFB, 0, 0, 0, 12, 0, 1, 0xF3, 0x02, 1, 0, 0};
  const Text too_long{0xFB, 0x00, 0x07, 0xD0, 0x18, 0x00, 0x01};  // 512,024
  for (const Text& bytes : {http, no_init, too_long}) {
    begin_tcp();
    session->receive(Side::downstream, now, bytes);
    EXPECT_NE(session->record().end, End::none);
    EXPECT_FALSE(session->record().violation) << session::name(session->record().end);
  }
}

TEST_F(StreamSessionTest, WhatFollowsAValidInitIsAViolationAlsoBeforeAServerIsReached) {
  begin_tcp();
  from_client(init_16());
  open_server();
  session->receive(Side::downstream, now, Text{0x16});
  EXPECT_EQ(session->record().end, End::protocol_error);
  EXPECT_TRUE(session->record().violation);
}

TEST_F(StreamSessionTest, WhatItsServerDoesWrongIsNoViolationOfTheClient) {
  for (const Text& wrong : {Text{0x16}, Text{0xFB, 0x00, 0x07, 0xD0, 0x18, 0x00, 0x01}}) {
    initialize();
    session->receive(Side::upstream, now, wrong);
    EXPECT_TRUE(session->record().end == End::protocol_error || session->record().end == End::message_size);
    EXPECT_FALSE(session->record().violation);
  }
}

TEST_F(StreamSessionTest, StopsReadingTheClientWhileTheServerTakesNothingAndLosesNothing) {
  initialize();
  server_stalls = true;
  Text message(10'000, 0x77);
  std::ranges::copy(request, message.begin());
  std::size_t sent = 0;
  for (; session->wants_input(Side::downstream); ++sent) from_client(message);
  EXPECT_LE(session->buffered_bytes(), options.upstream.buffered);
  for (int i = 0; i < 20; ++i, ++sent) client->send(now, {message, 0, Delivery::reliable});
  pass_time(options.upstream.silence - milliseconds(1));
  EXPECT_EQ(session->record().end, End::none);
  server_stalls = false;
  shuttle();
  const auto arrived = received(*server);
  EXPECT_EQ(arrived.size(), sent + 1);
  EXPECT_EQ(arrived.back(), message);
}

TEST_F(StreamSessionTest, AServerThatTakesNothingForTooLongIsLost) {
  initialize();
  server_stalls = true;
  client->send(now, {request, 0, Delivery::reliable});
  shuttle();
  for (int i = 0; i < 3; ++i) {
    pass_time(options.upstream.silence / 3);
    from_client(ping, 0, Delivery::reliable, Form::ping);
  }
  EXPECT_EQ(session->record().end, End::server_timeout);
  EXPECT_TRUE(session->closed());
}

TEST_F(StreamSessionTest, AClientThatIsNotReadIsNotTakenForSilent) {
  initialize();
  const test::PhotonCrypto crypto(Text(20, 5));
  from_client(test::write_key_request(test::Protocol::v16, crypto.public_key()));
  ASSERT_FALSE(session->wants_input(Side::downstream));  // until the exchange is done
  pass_time(hours(1));
  EXPECT_EQ(session->record().end, End::none);
}

TEST_F(StreamSessionTest, StopsReadingInTimeHoweverSmallTheMessages) {
  initialize();
  server_stalls = true;
  std::size_t sent = 0;
  for (; session->wants_input(Side::downstream); ++sent) from_client(ping, 0, Delivery::reliable, Form::ping);
  EXPECT_EQ(session->record().end, End::none);
  server_stalls = false;
  shuttle();
  EXPECT_EQ(received(*server).size(), sent + 1);
}

TEST_F(StreamSessionTest, ASilentClientEnds) {
  initialize();
  pass_time(options.downstream.silence - milliseconds(1));
  EXPECT_EQ(session->record().end, End::none);
  pass_time(milliseconds(1));
  EXPECT_EQ(session->record().end, End::client_timeout);
}

TEST_F(StreamSessionTest, TheClientsFinReachesTheServerBehindItsLastMessage) {
  initialize();
  client->send(now, {request, 0, Delivery::reliable});
  std::array<std::uint8_t, 64> last{};
  const std::size_t size = client->next_output(now, last);
  session->receive(Side::downstream, now, Bytes(last).first(size));
  session->end_of_input(Side::downstream, now, {Cause::peer, 0});
  EXPECT_EQ(session->record().end, End::client_disconnect);
  EXPECT_FALSE(session->closed(Side::upstream));  // before its last words have left
  shuttle();
  EXPECT_TRUE(session->closed(Side::upstream));
  EXPECT_EQ(session->close_reason(Side::upstream).cause, Cause::local);
  EXPECT_EQ(received(*server).back(), request);
  EXPECT_TRUE(session->closed());
}

TEST_F(StreamSessionTest, AResetIsPassedOnAsOne) {
  initialize();
  session->end_of_input(Side::upstream, now, {Cause::reset, 0});
  EXPECT_EQ(session->record().end, End::server_disconnect);
  EXPECT_EQ(session->close_reason(Side::downstream).cause, Cause::reset);
}

TEST_F(StreamSessionTest, WhatTheServerSaidBeforeItsFinReachesTheClient) {
  initialize();
  server->send(now, {response, 0, Delivery::reliable});
  std::array<std::uint8_t, 64> last{};
  const std::size_t size = server->next_output(now, last);
  session->receive(Side::upstream, now, Bytes(last).first(size));
  session->end_of_input(Side::upstream, now, {Cause::peer, 0});
  shuttle();
  EXPECT_EQ(received(*client).back(), response);
  EXPECT_EQ(session->record().end, End::server_disconnect);
  EXPECT_TRUE(session->closed());
}

TEST_F(StreamSessionTest, TriesAnotherServerWhenTheFirstRefuses) {
  begin_tcp();
  from_client(init_16());
  ASSERT_TRUE(session->wants_upstream());
  session->upstream_connecting({3});
  session->upstream_error(now, UpstreamError::refused);
  const auto second = session->wants_upstream();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->excluded, upstream::ServerId{3});
  session->upstream_error(now, UpstreamError::refused);
  EXPECT_EQ(session->record().end, End::upstream_refused);
  EXPECT_TRUE(session->closed());
}

TEST_F(StreamSessionTest, TriesAnotherServerWhenTheFirstDoesNotAnswerInTime) {
  begin_tcp();
  from_client(init_16());
  ASSERT_TRUE(session->wants_upstream());
  session->upstream_connecting({3});
  pass_time(options.connect_timeout / 2);
  EXPECT_TRUE(session->wants_upstream());
  pass_time(options.connect_timeout / 2);
  EXPECT_EQ(session->record().end, End::upstream_connect);
}

}  // namespace
}  // namespace gateway::session
