// Sessions over WebSocket, binary and JSON.

#include <gtest/gtest.h>

#include "unit/session/stream_peers.h"

namespace gateway::session {
namespace {

TEST_F(StreamSessionTest, AWebSocketNeedsNoInit) {
  begin_websocket();
  EXPECT_TRUE(session->initialized());
  from_client(request);
  EXPECT_EQ(received(*server), std::vector<Text>{request});
  from_server({0xF3, 0x01, 0x00});
  EXPECT_EQ(received(*client), (std::vector<Text>{{0xF3, 0x01, 0x00}}));
}

TEST_F(StreamSessionTest, KeysAndSealingWorkOnAWebSocketAsAnywhere) {
  begin_websocket();
  const auto crypto = exchange_keys();
  from_client(sealed(crypto, request));
  EXPECT_EQ(received(*server), std::vector<Text>{request});
  from_server(response);
  EXPECT_EQ(received(*client).back(), sealed(crypto, response));
}

TEST_F(StreamSessionTest, AFirstMessageBehindAFrameHeaderIsTheInitAndPassesUntouched) {
  begin_websocket();
  Text init{0xFB, 0, 0, 0, 0, 0, 1};
  const Text text = init_with_token();
  init.insert(init.end(), text.begin(), text.end());
  from_client(init);
  EXPECT_EQ(received(*server), std::vector<Text>{init});
  EXPECT_EQ(session->record().application, "a");
  const Text opaque{0xF3, 0x82, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  from_client(opaque);  // the key may have come with the token
  EXPECT_EQ(received(*server), std::vector<Text>{opaque});
}

TEST_F(StreamSessionTest, JsonPassesUntouchedAsText) {
  begin({Framing::websocket, false, std::nullopt});
  open_server();
  auto& messages = static_cast<WholeMessages&>(*server);
  const Text unit{'~', 'm', '~', '1', '~', 'm', '~', 'x'};
  session->receive_text(Side::downstream, now, unit);
  const auto passed = session->take_message(Side::upstream, now);
  ASSERT_TRUE(passed);
  EXPECT_TRUE(passed->text);
  EXPECT_EQ(copy(passed->bytes.bytes()), unit);
  EXPECT_EQ(messages.held_bytes(), 0U);
}

TEST_F(StreamSessionTest, NothingInJsonIsTakenForTheBinaryProtocol) {
  begin({Framing::websocket, false, std::nullopt});
  open_server();
  const Text looks_encrypted{0xF3, 0x82, 1};
  from_client(looks_encrypted);
  EXPECT_EQ(received(*server), std::vector<Text>{looks_encrypted});
  EXPECT_EQ(session->record().end, End::none);
}

TEST_F(StreamSessionTest, OnTlsAMarkedMessageWithoutAKeyIsClearAndLosesItsMark) {
  begin_websocket(true);
  from_client({0xF3, 0x82, 1, 0, 0});
  EXPECT_EQ(received(*server), std::vector<Text>{request});
  from_server(response);
  EXPECT_EQ(received(*client), std::vector<Text>{response});
  EXPECT_EQ(session->record().of(Direction::to_server).encrypted, 1U);
}

TEST_F(StreamSessionTest, OnTlsAfterAKeyExchangeTheMarkMeansCiphertext) {
  begin_websocket(true);
  const auto crypto = exchange_keys();
  from_client(sealed(crypto, request));
  EXPECT_EQ(received(*server), std::vector<Text>{request});
  from_client({0xF3, 0x82, 1, 0, 0});
  EXPECT_EQ(session->record().end, End::bad_encryption);
}

TEST_F(StreamSessionTest, WhatIsNoMessageDoesNotReachAClientWithAKey) {
  begin_websocket();
  const Text strange{0x00, 0x01, 0x02};
  from_server(strange);
  EXPECT_EQ(received(*client), std::vector<Text>{strange});
  exchange_keys();
  from_server(strange);
  static_cast<WholeMessages&>(*server).send(now, {strange, 0, Delivery::reliable, Form::text});
  const auto text = static_cast<WholeMessages&>(*server).take_message(now);
  session->receive_text(Side::upstream, now, std::as_const(text->bytes).bytes());
  shuttle();
  EXPECT_TRUE(received(*client).empty());
  EXPECT_EQ(stats.unopened_dropped.value(), 2U);
}

TEST_F(StreamSessionTest, TheServersChoiceOfSubProtocolCounts) {
  begin({Framing::websocket, false, std::nullopt});
  ASSERT_TRUE(session->wants_upstream());
  session->agreed(message::Serialization::v16);
  server = peer(transport::Role::server);
  session->upstream_opened(now, {0}, clock);
  const auto crypto = exchange_keys();
  from_client(sealed(crypto, request));
  EXPECT_EQ(received(*server), std::vector<Text>{request});
}

TEST_F(StreamSessionTest, AnotherServerIsTriedOnWebSocketToo) {
  begin({Framing::websocket, false, std::nullopt});
  ASSERT_TRUE(session->wants_upstream());
  session->upstream_connecting({3});
  session->upstream_error(now, UpstreamError::refused);
  const auto second = session->wants_upstream();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->excluded, upstream::ServerId{3});
}

TEST_F(StreamSessionTest, ADeclinedUpgradeEndsItWithoutAskingAnother) {
  begin({Framing::websocket, false, std::nullopt});
  ASSERT_TRUE(session->wants_upstream());
  session->upstream_declined(now, 403);
  EXPECT_FALSE(session->wants_upstream());
  EXPECT_EQ(session->record().end, End::upgrade_declined);
  EXPECT_EQ(session->record().code, 403);
  EXPECT_TRUE(session->closed());
}

TEST_F(StreamSessionTest, PartsOfALongMessageAreNoSilence) {
  begin_websocket();
  for (int i = 0; i < 10; ++i) {
    pass_time(options.downstream.silence / 2);
    session->arriving(Side::downstream, now);
  }
  EXPECT_EQ(session->record().end, End::none);
}

TEST_F(StreamSessionTest, CloseCodesPassBothWays) {
  begin_websocket();
  session->end_of_input(Side::downstream, now, {Cause::peer, 4001});
  EXPECT_EQ(session->close_reason(Side::upstream).code, 4001);
  EXPECT_EQ(session->record().code, 4001);

  begin_websocket();
  session->end_of_input(Side::upstream, now, {Cause::peer, 1012});
  EXPECT_EQ(session->close_reason(Side::downstream).code, 1012);
  EXPECT_EQ(session->record().end, End::server_disconnect);
}

}  // namespace
}  // namespace gateway::session
