// Rooms of the test server in JSON mode.

#include <gtest/gtest.h>

#include "unit/support/stream_play.h"

namespace gateway::test {
namespace {

using Kind = ClientEvent::Kind;

/// The answer to a request in JSON mode; empty text when none comes.
std::string json_answer(StreamSocketClient& client, std::uint8_t code, std::string_view vals) {
  const ClientEvent* const answer = ask(client, code, vals);
  return answer == nullptr ? std::string() : std::string(text_of(answer->body));
}

TEST(JsonRooms, ClientsMeetWhereTheyComeWithAToken) {
  StreamPlay play({.kind = StreamKind::websocket});
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

}  // namespace
}  // namespace gateway::test
