#include "support/photon_stream_client.h"

#include <gtest/gtest.h>

#include "support/internal_ping.h"
#include "support/json_units.h"
#include "support/vectors.h"

namespace gateway::test {
namespace {

using wire::Flags;
using Kind = ClientEvent::Kind;
using Status = ClientEvent::Status;

std::vector<std::uint8_t> vector_of(std::string_view file, std::string_view what) {
  for (const Vector& vector : load_vector_list(file)) {
    if (vector.what == what) return vector.bytes;
  }
  throw std::invalid_argument("no vector " + std::string(what));
}

/// The generation that wrote the vectors.
const Generation generation_4_1_6 = [] {
  Generation generation = generation_4_1_8;
  generation.version = "4.1.6.17";
  generation.init_header = {0x1E, 0x41, 0x06, 0x11, 0x00};
  return generation;
}();

PhotonStreamClient::Config of_kind(StreamKind kind, Protocol protocol = Protocol::v16) {
  PhotonStreamClient::Config config;
  config.kind = kind;
  config.init.protocol = protocol;
  return config;
}

/// A client under test and a server that says exactly what the test wants.
class Conversation {
 public:
  explicit Conversation(const PhotonStreamClient::Config& config = {},
                        const Generation& generation = generation_4_1_6)
      : client(generation, config) {
    client.connect(now);
  }

  void give(Bytes bytes) {
    client.receive(now, bytes);
    client.dispatch(now);
  }
  void give(std::string_view hex) { give(from_hex(hex)); }
  void give_text(std::string_view text) {
    client.receive_text(now, bytes_of(text));
    client.dispatch(now);
  }

  /// Everything that the client wants to send now, one after the other.
  std::string sent() {
    std::string all;
    while (const auto next = client.send_outgoing(now)) {
      all +=
          (all.empty() ? "" : " ") + (next->text ? std::string(text_of(next->bytes)) : to_hex(next->bytes));
    }
    return all;
  }

  /// Init and InitResponse; the first ping is sent and not answered.
  void establish() {
    sent();
    switch (client.config().kind) {
      case StreamKind::tcp:
        give("fb0000000a0001f30100");
        break;
      case StreamKind::websocket:
        give("f30100");
        break;
      case StreamKind::json:
        give_text("~m~4~m~abcd");
        break;
    }
    sent();
  }

  TimePoint now{hours(1)};
  PhotonStreamClient client;
};

TEST(PhotonStreamClient, SendsInitInTheFirstFrame) {
  Conversation talk;
  EXPECT_EQ(talk.sent(), to_hex(vector_of("tcp.json", "framed init request (protocol 16)")));
  EXPECT_FALSE(talk.client.initialised());
}

TEST(PhotonStreamClient, AsksForAKeyInTheBytesOfRealClients) {
  for (const Protocol protocol : {Protocol::v16, Protocol::v18}) {
    Conversation talk(of_kind(StreamKind::tcp, protocol));
    talk.establish();
    ASSERT_TRUE(talk.client.exchange_keys(talk.now));
    const auto request = write_key_request(protocol, talk.client.crypto()->public_key());
    EXPECT_EQ(talk.sent(), to_hex(write_frame(request, 0, Flags::reliable)));
  }
  const auto expected = vector_of("messages.json", "InitEncryption request (protocol 18)");
  EXPECT_EQ(to_hex(write_key_request(Protocol::v18, Bytes(expected).subspan(7))), to_hex(expected));
}

TEST(PhotonStreamClient, TakesACoalescedStreamInPiecesOfAnySize) {
  const auto stream =
      vector_of("tcp.json", "coalesced: init response + pong + InitEncryption response (protocol 16)");
  for (std::size_t size = 1; size <= stream.size(); ++size) {
    Conversation talk;
    talk.sent();
    talk.give(Bytes(stream).first(10));
    talk.client.exchange_keys(talk.now);
    talk.sent();
    for (std::size_t at = 10; at < stream.size(); at += size) {
      talk.give(Bytes(stream).subspan(at, std::min(size, stream.size() - at)));
    }
    EXPECT_EQ(talk.client.count(Kind::connected), 1U);
    EXPECT_EQ(talk.client.pongs(), 1U);
    EXPECT_TRUE(talk.client.encryption_available());
    EXPECT_EQ(talk.client.violations(), std::vector<std::string>{});
  }
}

TEST(PhotonStreamClient, PingsRightAfterInitResponseAndThenEverySecond) {
  Conversation talk;
  talk.sent();
  talk.give("fb0000000a0001f30100");
  EXPECT_EQ(talk.sent(), "f000000050");
  talk.now += milliseconds(999);
  EXPECT_EQ(talk.sent(), "");
  talk.now += milliseconds(1);
  EXPECT_EQ(talk.sent(), "f000000438");
  EXPECT_EQ(talk.client.pings_sent(), 2U);
}

TEST(PhotonStreamClient, KeepsTheServersTimeOfTheFirstPongOnly) {
  Conversation talk;
  talk.establish();
  talk.now += milliseconds(40);
  talk.give("f00001e24000000050");
  EXPECT_EQ(talk.client.server_time(talk.now), 123456U + 20);
  EXPECT_EQ(talk.client.round_trip(), milliseconds(40));
  talk.now += milliseconds(1000);
  talk.sent();
  talk.give("f000ffffff00000460");
  EXPECT_EQ(talk.client.server_time(talk.now), 123456U + 1020);
  EXPECT_EQ(talk.client.pongs(), 2U);
}

TEST(PhotonStreamClient, KeepsChannelAndDeliveryOfFrames) {
  Conversation talk;
  talk.establish();
  talk.give("fb0000000c0100f304010000");
  ASSERT_NE(talk.client.last(Kind::event), nullptr);
  EXPECT_EQ(talk.client.last(Kind::event)->channel, 1);
  EXPECT_EQ(talk.client.last(Kind::event)->delivery, Flags::unreliable);
  ASSERT_TRUE(talk.client.operation(talk.now, {.code = 0xE5, .channel = 1, .delivery = Flags::unreliable}));
  EXPECT_EQ(talk.sent(),
            to_hex(vector_of("tcp.json", "framed operation without parameters, channel 1, unreliable")));
}

TEST(PhotonStreamClient, GivesUpAfterTenSecondsOfSilenceUnlessToldNotTo) {
  for (const bool gives_up : {true, false}) {
    auto config = of_kind(StreamKind::tcp);
    config.gives_up = gives_up;
    Conversation talk(config);
    talk.establish();
    talk.now += milliseconds(10'000);
    talk.client.dispatch(talk.now);
    EXPECT_TRUE(talk.client.initialised());
    talk.now += milliseconds(1);
    talk.client.dispatch(talk.now);
    EXPECT_EQ(talk.client.initialised(), !gives_up);
  }
}

TEST(PhotonStreamClient, SeesWhatCameBeforeTheEnd) {
  Conversation talk;
  talk.establish();
  talk.client.receive(talk.now, from_hex("fb0000000c0001f304010000"));
  talk.client.ended(talk.now, Status::by_server);
  EXPECT_EQ(talk.client.count(Kind::event), 1U);
  ASSERT_NE(talk.client.last(Kind::disconnected), nullptr);
  EXPECT_EQ(talk.client.last(Kind::disconnected)->status, Status::by_server);
  EXPECT_FALSE(talk.client.operation(talk.now, {.code = 1}));
}

TEST(PhotonStreamClient, RecordsWhatAGatewayMustNeverSendOnTcp) {
  const std::vector<std::pair<std::string, std::string>> offences{
      {"fb000000080001f301", "frame of 8 bytes"},
      {"f30100f30100f30100", "stream unit that starts with 243"},
      {"fb000000090001f301", "message of fewer than three bytes"},
      {"fb0000000a0001fd0400", "message that starts with 253"},
      {"fb0000000a0004f30401", "frame with a delivery of 4"},
      {"fb0000000a0001f30100", "second InitResponse"},
  };
  for (const auto& [hex, violation] : offences) {
    Conversation talk;
    talk.establish();
    talk.give(hex);
    ASSERT_FALSE(talk.client.violations().empty()) << violation;
    EXPECT_EQ(talk.client.violations().front(), violation);
  }
  Conversation early;
  early.give("fb0000000a0001f30100");
  EXPECT_EQ(early.client.violations(), std::vector<std::string>{"data before Init left"});
}

TEST(PhotonStreamClient, SpeaksInWholeMessagesOnWebSocket) {
  for (const auto& [protocol, name] : {std::pair(Protocol::v16, "16"), std::pair(Protocol::v18, "18")}) {
    Conversation talk(of_kind(StreamKind::websocket, protocol));
    EXPECT_EQ(talk.sent(), "");
    talk.give("f30100");
    EXPECT_TRUE(talk.client.initialised());
    EXPECT_EQ(talk.sent(), to_hex(write_internal_ping(protocol, 80)));
    talk.give(write_internal_pong(protocol, {80, 123456}));
    EXPECT_EQ(talk.client.server_time(talk.now), 123456U);
    EXPECT_EQ(talk.client.count(Kind::internal_response), 0U) << "answers to pings are not dispatched";
    ASSERT_TRUE(talk.client.operation(talk.now, {.code = 0xE5}));
    EXPECT_EQ(talk.sent(), to_hex(vector_of("messages.json", "operation without parameters (protocol " +
                                                                 std::string(name) + ")")));
    EXPECT_EQ(talk.client.violations(), std::vector<std::string>{});
  }
}

TEST(PhotonStreamClient, SendsATokenOnWebSocketInAFrameOfTcp) {
  auto config = of_kind(StreamKind::websocket);
  config.init.form = InitForm::text;
  Conversation talk(config);
  const auto init = write_init(generation_4_1_6, config.init);
  EXPECT_EQ(talk.sent(), to_hex(write_frame(init, 0, Flags::reliable)));
}

TEST(PhotonStreamClient, SpeaksJson) {
  Conversation talk(of_kind(StreamKind::json));
  EXPECT_EQ(talk.sent(), "");
  talk.give_text("~m~36~m~2f9b3c1e-3a57-4c7f-9d7c-0a3f5b0a1d11");
  EXPECT_TRUE(talk.client.initialised());
  EXPECT_EQ(talk.sent(), R"(~m~37~m~~j~{"irq":1,"vals":[1,1700000000080]})");
  talk.give_text(R"(~m~63~m~~j~{"irs":1,"err":0,"msg":"","vals":[1,1700000000080,2,123456]})");
  EXPECT_EQ(talk.client.server_time(talk.now), 123456U);
  ASSERT_TRUE(talk.client.request(talk.now, 230, R"([220,"1.0",224,"app"])"));
  EXPECT_EQ(talk.sent(), R"(~m~43~m~~j~{"req":230,"vals":[220,"1.0",224,"app"]})");
  talk.give_text(R"(~m~65~m~~j~{"res":230,"err":0,"msg":"","vals":[230,"ws://10.0.0.5:9090"]})"
                 R"(~m~29~m~~j~{"evt":255,"vals":[254,1]})");
  EXPECT_EQ(talk.client.last(Kind::response)->code, 230);
  EXPECT_EQ(talk.client.last(Kind::event)->code, 255);
  EXPECT_EQ(text_of(talk.client.last(Kind::event)->body), R"({"evt":255,"vals":[254,1]})");
  EXPECT_FALSE(talk.client.operation(talk.now, {.code = 1}));
  EXPECT_EQ(talk.client.violations(), std::vector<std::string>{});
}

TEST(PhotonStreamClient, OnlyCountsMessagesWhenToldTo) {
  auto config = of_kind(StreamKind::tcp);
  config.keeps_messages = false;
  Conversation talk(config);
  talk.establish();
  talk.give("fb0000000c0001f304010000");
  EXPECT_EQ(talk.client.count(Kind::event), 1U);
  EXPECT_EQ(talk.client.last(Kind::event), nullptr);
  RunningSum sum;
  sum.add(from_hex("f30100"));
  sum.add(from_hex("f304010000"));
  EXPECT_EQ(talk.client.received_sum(), sum);
}

TEST(InternalPing, HasTheBytesOfTheVectors) {
  for (const auto& [protocol, name] : {std::pair(Protocol::v16, "16"), std::pair(Protocol::v18, "18")}) {
    const std::string end = " (protocol " + std::string(name) + ")";
    const auto ping = vector_of("messages.json", "internal ping request, client time 1000" + end);
    const auto pong = vector_of("messages.json", "internal ping response, server 123456" + end);
    EXPECT_EQ(to_hex(write_internal_ping(protocol, 1000)), to_hex(ping));
    EXPECT_EQ(to_hex(write_internal_pong(protocol, {1000, 123456})), to_hex(pong));
  }
}

TEST(InternalPing, ReadsWhatItWroteWhateverTheClock) {
  for (const Protocol protocol : {Protocol::v16, Protocol::v18}) {
    for (const std::uint32_t clock : {0U, 1U, 255U, 256U, 65535U, 65536U, 0x7FFF'FFFFU, 0x8000'0000U,
                                      0xFFFF'0000U, 0xFFFF'FF00U, 0xFFFF'FFFFU}) {
      EXPECT_EQ(read_internal_ping(protocol, write_internal_ping(protocol, clock)), clock);
      const auto pong = read_internal_pong(protocol, write_internal_pong(protocol, {clock, ~clock}));
      ASSERT_TRUE(pong);
      EXPECT_EQ(pong->client_clock, clock);
      EXPECT_EQ(pong->server_clock, ~clock);
    }
  }
}

TEST(JsonUnits, AreReadAndWrittenAsTheVectorsHaveThem) {
  const auto vectors = load_vectors("ws_json.json");
  for (const auto& entry : vectors.as_array()) {
    const std::string_view text = entry.at("text").as_string();
    const auto units = read_units(text);
    ASSERT_TRUE(units) << text;
    ASSERT_EQ(units->size(), 1U);
    EXPECT_EQ(write_unit(units->front()), text);
  }
}

TEST(JsonUnits, CountCharactersAsJavaScriptDoes) {
  const std::string text = "ä€𝄞";  // 1, 1 and 2 units
  EXPECT_EQ(write_unit(text), "~m~4~m~" + text);
  EXPECT_EQ(read_units(write_unit(text) + write_unit("x")), (std::vector<std::string>{text, "x"}));
  EXPECT_FALSE(read_units("~m~3~m~" + text));
  EXPECT_FALSE(read_units("~m~5~m~abcd"));
  EXPECT_FALSE(read_units("~j~{}"));
}

}  // namespace
}  // namespace gateway::test
