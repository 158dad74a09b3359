#include "support/websocket.h"

#include <numeric>

#include <gtest/gtest.h>

#include "support/vectors.h"

namespace gateway::test {
namespace {

using Role = WebSocket::Role;
using State = WebSocket::State;

/// Both ends with a wire between them that cuts as it likes.
struct Pair {
  WebSocket client{Role::client};
  WebSocket server{Role::server};

  void pass(WebSocket& from, WebSocket& to, std::size_t cut = 7) {
    while (!from.output().empty()) {
      const std::size_t size = std::min(cut, from.output().size());
      const std::vector<std::uint8_t> piece(from.output().begin(),
                                            from.output().begin() + static_cast<std::ptrdiff_t>(size));
      from.written(size);
      to.receive(piece);
    }
  }
  void open() {
    client.request({.target = "/?app=x", .protocol = "GpBinaryV16", .headers = {{"X-Test", "1"}}});
    pass(client, server);
    server.accept("GpBinaryV16");
    pass(server, client);
  }
};

std::vector<std::uint8_t> filled(std::size_t size) {
  std::vector<std::uint8_t> data(size);
  std::iota(data.begin(), data.end(), std::uint8_t{1});
  return data;
}

TEST(WebSocket, AnswersTheKeyOfTheRfc) {
  EXPECT_EQ(websocket_accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(WebSocket, ReadsAndWritesTheFramesOfTheRfc) {
  Pair pair;
  pair.open();
  pair.server.send(bytes_of("Hello"), true);
  EXPECT_EQ(to_hex(pair.server.output()), "810548656c6c6f");
  pair.server.receive(from_hex("818537fa213d7f9f4d5158"));
  const auto masked = pair.server.next_message();
  ASSERT_TRUE(masked);
  EXPECT_EQ(text_of(masked->bytes), "Hello");
  pair.client.receive(from_hex("010348656c80026c6f"));
  const auto fragmented = pair.client.next_message();
  ASSERT_TRUE(fragmented);
  EXPECT_EQ(text_of(fragmented->bytes), "Hello");
  EXPECT_TRUE(fragmented->text);
}

TEST(WebSocket, TellsEachSideTheOthersHandshake) {
  Pair pair;
  pair.open();
  EXPECT_EQ(pair.client.state(), State::open);
  EXPECT_EQ(pair.server.state(), State::open);
  EXPECT_EQ(pair.server.head()->target(), "/?app=x");
  EXPECT_EQ(pair.server.head()->header("x-test"), "1");
  EXPECT_EQ(pair.server.head()->header("Sec-WebSocket-Protocol"), "GpBinaryV16");
  EXPECT_EQ(pair.client.head()->header("Sec-WebSocket-Protocol"), "GpBinaryV16");
}

TEST(WebSocket, RefusesWithAStatus) {
  Pair pair;
  pair.client.request({});
  pair.pass(pair.client, pair.server);
  pair.server.refuse(503, "full");
  pair.pass(pair.server, pair.client);
  EXPECT_EQ(pair.client.state(), State::refused);
  EXPECT_EQ(pair.client.head()->status(), 503);
}

TEST(WebSocket, CarriesMessagesOfEveryLengthWholeAndInFrames) {
  for (const std::size_t size : {0U, 1U, 125U, 126U, 65535U, 65536U, 200'000U}) {
    for (const std::size_t frame : {0U, 1000U}) {
      Pair pair;
      pair.open();
      pair.client.send(filled(size), false, frame);
      pair.pass(pair.client, pair.server, 5000);
      const auto message = pair.server.next_message();
      ASSERT_TRUE(message);
      EXPECT_EQ(message->bytes, filled(size));
      EXPECT_FALSE(message->text);
      pair.server.send(filled(size), true, frame);
      pair.pass(pair.server, pair.client, 5000);
      EXPECT_EQ(pair.client.next_message()->bytes, filled(size));
      EXPECT_TRUE(pair.client.violations().empty());
      EXPECT_TRUE(pair.server.violations().empty());
    }
  }
}

TEST(WebSocket, AnswersPingsAlsoBetweenFragments) {
  Pair pair;
  pair.open();
  pair.client.receive(
      from_hex("0201aa"
               "890101"
               "8001bb"));
  EXPECT_EQ(to_hex(pair.client.next_message()->bytes), "aabb");
  pair.pass(pair.client, pair.server);
  EXPECT_EQ(pair.server.pongs(), 1U);
}

TEST(WebSocket, ClosesWithACodeThatIsEchoed) {
  Pair pair;
  pair.open();
  pair.server.close(1008, "no");
  pair.pass(pair.server, pair.client);
  EXPECT_EQ(pair.client.close_code(), 1008);
  EXPECT_EQ(pair.client.close_text(), "no");
  EXPECT_EQ(pair.client.state(), State::closed);
  pair.pass(pair.client, pair.server);
  EXPECT_EQ(pair.server.state(), State::closed);
  EXPECT_EQ(pair.server.close_code(), 1008);
}

TEST(WebSocket, RecordsWhatAPeerMustNotSend) {
  const auto violation = [](Role role, std::string_view hex) {
    Pair pair;
    pair.open();
    WebSocket& socket = role == Role::client ? pair.client : pair.server;
    socket.receive(from_hex(hex));
    return socket.violations().empty() ? "" : socket.violations().front();
  };
  EXPECT_EQ(violation(Role::server, "8200"), "a frame without a mask");
  EXPECT_EQ(violation(Role::client, "828000000000"), "a masked frame");
  EXPECT_EQ(violation(Role::client, "c200"), "a reserved bit");
  EXPECT_EQ(violation(Role::client, "8300"), "an unknown opcode");
  EXPECT_EQ(violation(Role::client, "8001aa"), "fragments out of order");
  EXPECT_EQ(violation(Role::client, "0201aa8201bb"), "fragments out of order");
  EXPECT_EQ(violation(Role::client, "0900"), "a control frame too large");
  EXPECT_EQ(violation(Role::client, "880103"), "a close frame of one byte");
}

}  // namespace
}  // namespace gateway::test
