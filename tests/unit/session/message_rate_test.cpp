#include "session/message_rate.h"

#include <gtest/gtest.h>

#include "unit/session/stream_peers.h"
#include "unit/session/udp_peers.h"

namespace gateway::session {
namespace {

/// Messages that are within the rate when they come at once.
int at_once(MessageRate& rate, TimePoint now) {
  int messages = 0;
  while (rate.count(now)) ++messages;
  return messages;
}

TEST(MessageRate, TakesTheMessagesOfOneSecondAtOnce) {
  MessageRate rate(5000);
  EXPECT_EQ(at_once(rate, TimePoint(hours(1))), 5000);
}

TEST(MessageRate, TakesNoMoreAfterALongPause) {
  MessageRate rate(100);
  EXPECT_TRUE(rate.count(TimePoint(hours(1))));
  EXPECT_EQ(at_once(rate, TimePoint(hours(2))), 100);
}

TEST(MessageRate, TakesItsRateForEver) {
  MessageRate rate(1000);
  TimePoint now(hours(1));
  for (int i = 0; i < 100'000; ++i, now += milliseconds(1)) ASSERT_TRUE(rate.count(now)) << i;
}

TEST(MessageRate, TakesAMessageASecondIfThatIsTheRate) {
  MessageRate rate(1);
  const TimePoint now(hours(1));
  EXPECT_TRUE(rate.count(now));
  EXPECT_FALSE(rate.count(now));
}

TEST(MessageRate, ResumesAfterAPauseThatIsWorthABatch) {
  MessageRate rate(5000);
  const TimePoint now(hours(1));
  at_once(rate, now);
  EXPECT_GE(rate.resumes(), now + MessageRate::pause);
  EXPECT_LE(rate.resumes(), now + MessageRate::pause + milliseconds(1));
  EXPECT_EQ(at_once(rate, rate.resumes()), 100);  // 20 ms of 5000/s
}

TEST(MessageRate, LetsOneMessagePassAPauseAtALowRate) {
  MessageRate rate(2);
  TimePoint now(hours(1));
  at_once(rate, now);
  now = rate.resumes();
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(at_once(rate, now), 0) << "it passes, and the client is over its rate again";
    EXPECT_TRUE(rate.resumes() == now + milliseconds(500));
    now = rate.resumes();
  }
}

TEST(MessageRate, WithoutALimitTakesAnyNumber) {
  MessageRate rate(0);
  for (int i = 0; i < 100'000; ++i) ASSERT_TRUE(rate.count(TimePoint(hours(1))));
}

// --- Sessions over UDP

TEST_F(SessionTest, EndsAClientThatSendsTooManyMessagesAndTellsIt) {
  options.messages_per_second = 50;
  initialize();
  for (int i = 0; i < 51; ++i) client->send(now, {request, 0, Delivery::reliable});
  shuttle();
  EXPECT_EQ(told(), 1);
  EXPECT_EQ(session->record().end, End::message_rate);
  EXPECT_EQ(stats.ended[static_cast<std::size_t>(End::message_rate)].value(), 1U);
  EXPECT_EQ(received(*server).size(), 1U + 50U)
      << "what came before still reaches the server, behind the Init";
}

TEST_F(SessionTest, AClientMaySendTheMessagesOfASecondAtOnceAgainAndAgain) {
  options.messages_per_second = 50;
  initialize();
  for (int second = 0; second < 5; ++second) {
    for (int i = 0; i < 50; ++i) client->send(now, {request, 0, Delivery::reliable});
    for (int turn = 0; turn < 20; ++turn) shuttle();  // 60 ms each
  }
  EXPECT_EQ(told(), 0);
  EXPECT_EQ(received(*server).size(), 1U + 250U);
}

TEST_F(SessionTest, OldClientsMayFlush300CommandsAtOnce) {
  initialize();
  for (int i = 0; i < 300; ++i) client->send(now, {request, 0, Delivery::unreliable});
  shuttle();
  EXPECT_EQ(told(), 0);
}

TEST_F(SessionTest, AServerMaySendAnyNumberOfMessages) {
  options.messages_per_second = 50;
  initialize();
  for (int i = 0; i < 200; ++i) server->send(now, {response, 0, Delivery::reliable});
  shuttle();
  EXPECT_EQ(told(), 0);
  EXPECT_EQ(received(*client).size(), 1U + 200U);
}

// --- What a WebSocket carries beside messages

TEST_F(StreamSessionTest, EmptyMessagesOfAWebSocketCountAsMessages) {
  options.messages_per_second = 50;
  for (const bool text : {false, true}) {
    begin_websocket();
    int read = 0;
    for (; read < 200 && session->wants_input(Side::downstream); ++read) {
      text ? session->receive_text(Side::downstream, now, {}) : session->receive(Side::downstream, now, {});
    }
    EXPECT_EQ(read, 51) << "the one too many pauses";
    EXPECT_TRUE(session->wants_input(Side::upstream));
    pass_time(session->deadline() - now);
    EXPECT_TRUE(session->wants_input(Side::downstream));
    EXPECT_EQ(session->record().end, End::none);
  }
  EXPECT_EQ(stats.paused_reads.value(), 2U);
}

TEST_F(StreamSessionTest, AServerMaySendAnyNumberOfEmptyMessagesAndPings) {
  options.messages_per_second = 50;
  begin_websocket();
  for (int i = 0; i < 200; ++i) {
    session->receive(Side::upstream, now, {});
    session->control_frame(Side::upstream, now);
  }
  EXPECT_TRUE(session->wants_input(Side::upstream));
  EXPECT_EQ(session->record().end, End::none);
}

TEST_F(StreamSessionTest, AWebSocketThatPingsMoreOftenThanItMaySendMessagesEnds) {
  options.messages_per_second = 50;
  begin_websocket();
  for (int i = 0; i < 50; ++i) session->control_frame(Side::downstream, now);
  EXPECT_EQ(session->record().end, End::none);
  from_client(request);
  EXPECT_TRUE(session->wants_input(Side::downstream)) << "messages have a rate of their own";
  session->control_frame(Side::downstream, now);
  EXPECT_EQ(session->record().end, End::message_rate);
  EXPECT_FALSE(session->record().violation);
  EXPECT_TRUE(session->closed(Side::downstream));
}

TEST_F(StreamSessionTest, AWebSocketThatPingsAtItsRateStays) {
  options.messages_per_second = 50;
  begin_websocket();
  for (int i = 0; i < 500; ++i, now += milliseconds(20)) session->control_frame(Side::downstream, now);
  EXPECT_EQ(session->record().end, End::none);
}

// --- Sessions over TCP and WebSocket

class MessageRateStreams : public testing::TestWithParam<Framing>, protected StreamSessionPeers {
 protected:
  void SetUp() override {
    options.messages_per_second = 50;
    if (GetParam() == Framing::tcp) {
      initialize();
    } else {
      begin_websocket();
    }
    received(*server);
  }
  /// The client has all of it to say; the session reads as much as it wants to.
  void client_says(int messages) {
    for (int i = 0; i < messages; ++i) client->send(now, {request, 0, Delivery::reliable});
    if (GetParam() == Framing::tcp) slice = 100;
    shuttle();
  }
};

TEST_P(MessageRateStreams, AClientOverItsRateIsNotReadForAWhile) {
  client_says(200);
  EXPECT_FALSE(session->wants_input(Side::downstream));
  EXPECT_TRUE(session->wants_input(Side::upstream));
  EXPECT_EQ(stats.paused_reads.value(), 1U);
  EXPECT_EQ(received(*server).size(), 51U);
  EXPECT_GE(session->deadline(), now + MessageRate::pause);
  EXPECT_LE(session->deadline(), now + MessageRate::pause + milliseconds(20));
}

TEST_P(MessageRateStreams, ItGoesOnWhenItIsUnderTheRateAgainAndLosesNothing) {
  client_says(200);
  const TimePoint start = now;
  std::size_t arrived = received(*server).size();
  for (int i = 0; arrived < 200 && i < 1000; ++i) {
    ASSERT_GT(session->deadline(), now);
    pass_time(session->deadline() - now);
    arrived += received(*server).size();
    const auto allowed = 52 + std::chrono::duration<double>(now - start).count() * 50;
    ASSERT_LE(static_cast<double>(arrived), allowed);
  }
  EXPECT_EQ(arrived, 200U);
  EXPECT_LE(now - start, seconds(3) + milliseconds(100));
  EXPECT_EQ(session->record().end, End::none);
}

TEST_P(MessageRateStreams, TheServersMessagesPassMeanwhile) {
  client_says(200);
  received(*client);
  from_server(response);
  EXPECT_EQ(received(*client), std::vector<Text>{response});
}

TEST_P(MessageRateStreams, AServerMaySendAnyNumberOfMessages) {
  for (int i = 0; i < 200; ++i) from_server(response);
  EXPECT_EQ(stats.paused_reads.value(), 0U);
  EXPECT_TRUE(session->wants_input(Side::upstream));
}

TEST_P(MessageRateStreams, WhatAClientSaidBeforeItLeftPassesBeforeItsEnd) {
  client_says(60);
  while (const std::size_t size = client->next_output(now, out))  // on its way already
    session->receive(Side::downstream, now, Bytes(out).first(size));
  session->end_of_input(Side::downstream, now, {Cause::peer, 0});
  EXPECT_EQ(session->record().end, End::none);
  for (int i = 0; session->record().end == End::none && i < 100; ++i) pass_time(session->deadline() - now);
  EXPECT_EQ(session->record().end, End::client_disconnect);
  EXPECT_EQ(received(*server).size(), 60U);
}

INSTANTIATE_TEST_SUITE_P(On, MessageRateStreams, testing::Values(Framing::tcp, Framing::websocket),
                         [](const auto& of) { return of.param == Framing::tcp ? "Tcp" : "WebSocket"; });

}  // namespace
}  // namespace gateway::session
