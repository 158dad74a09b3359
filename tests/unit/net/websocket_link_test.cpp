// What a WebSocket's link takes, and when it tells, against sockets of loopback.

#include "net/websocket_link.h"

#include <memory>
#include <string>

#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include "base/buffer_pool.h"
#include "net/poller.h"
#include "net/stream_socket.h"

namespace gateway::net {
namespace {

using boost::asio::ip::tcp;

constexpr std::size_t message_max = 1024;
constexpr std::size_t header_bytes = 16 * 1024;
const std::string upgrade_request =
    "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

class WebSocketLinkTest : public testing::Test {
 protected:
  /// Lets the links do what they can without waiting long.
  template <class Done>
  bool run_until(Done done) {
    context.restart();
    while (!done()) {
      if (context.run_one_for(std::chrono::seconds(10)) == 0) return false;
    }
    return true;
  }
  /// A client's link, past its upgrade.
  std::shared_ptr<WebSocketLink> upgraded(tcp::socket& client) {
    client.connect(acceptor.local_endpoint());
    auto link = make_websocket_link(acceptor.accept(), *room, message_max);
    bool entered = false;
    link->enter(seconds(10), [&](HandshakeResult result) { entered = result == HandshakeResult::ok; });
    boost::asio::write(client, boost::asio::buffer(upgrade_request));
    EXPECT_TRUE(run_until([&] { return entered; }));
    link->accept({});
    std::string answer;
    bool answered = false;
    boost::asio::async_read_until(client, boost::asio::dynamic_buffer(answer), "\r\n\r\n",
                                  [&](auto error, std::size_t) { answered = !error; });
    EXPECT_TRUE(run_until([&] { return answered; }));
    return link;
  }
  /// Ends what still waits.
  void finish(const std::shared_ptr<WebSocketLink>& link) {
    link->abort();
    context.restart();
    context.poll();
  }

  boost::asio::io_context context;
  BufferPool buffers;
  Poller poller;
  std::unique_ptr<LinkRoom> room{new LinkRoom{context, buffers, poller, [] {}}};
  tcp::acceptor acceptor{context, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)};
  Address server = from_endpoint(acceptor.local_endpoint());
};

TEST_F(WebSocketLinkTest, AnUpgradeRequestCountsInFullUntilItIsAnswered) {
  tcp::socket client(context);
  client.connect(acceptor.local_endpoint());
  auto link = make_websocket_link(acceptor.accept(), *room, message_max);
  const std::size_t idle = room->bytes;
  bool entered = false;
  link->enter(seconds(10), [&](HandshakeResult result) { entered = result == HandshakeResult::ok; });
  EXPECT_EQ(room->bytes, idle + header_bytes) << "before a byte of it came";
  boost::asio::write(client, boost::asio::buffer(upgrade_request));
  ASSERT_TRUE(run_until([&] { return entered; }));
  EXPECT_EQ(room->bytes, idle + header_bytes) << "it waits for the server's answer";
  link->accept({});
  EXPECT_EQ(room->bytes, idle);
  finish(link);
  link.reset();
  EXPECT_EQ(room->bytes, 0U);
}

TEST_F(WebSocketLinkTest, AServerIsReachedWhenItTookTheConnectionWhateverItAnswers) {
  auto link = make_websocket_link(tcp::socket(context), *room, message_max);
  UpgradeRequest request{boost::beast::http::verb::get, "/", 11};
  bool reached = false;
  bool connected = false;
  link->connect(
      server, request, [&] { reached = true; }, [&](const ConnectResult&) { connected = true; });
  ASSERT_TRUE(run_until([&] { return reached; }));
  EXPECT_FALSE(connected);
  finish(link);
  EXPECT_FALSE(connected);
}

TEST_F(WebSocketLinkTest, APeerThatSendsOnInsteadOfClosingIsCutOffBeforeTheFarewellIsOver) {
  tcp::socket client(context);
  const auto link = upgraded(client);
  link->finish({transport::Cause::local, 1000});
  std::string frames;  // empty messages
  for (int i = 0; i < 400'000; ++i) frames += std::string("\x82\x80\0\0\0\0", 6);
  boost::asio::async_write(client, boost::asio::buffer(frames), [](auto, std::size_t) {});
  bool over = false;
  boost::asio::steady_timer farewell(context, farewell_time - milliseconds(100));
  farewell.async_wait([&](auto) { over = true; });
  bool cut_off = false;
  std::string answer;
  boost::asio::async_read(client, boost::asio::dynamic_buffer(answer),
                          [&](auto, std::size_t) { cut_off = true; });
  ASSERT_TRUE(run_until([&] { return over || cut_off; }));
  EXPECT_TRUE(cut_off);
  finish(link);
}

// In one turn of the loop: what the timer calls is called all the same, and not as if it was cancelled.
TEST_F(WebSocketLinkTest, ALinkThatClosesWhileItsFarewellsTimerFiresIsGone) {
  tcp::socket client(context);
  auto link = upgraded(client);
  boost::asio::steady_timer first(context, milliseconds(1));
  first.async_wait([&](auto) { link->abort(); });
  link->finish({transport::Cause::local, 1000});
  boost::asio::steady_timer(context, farewell_time / 20 + milliseconds(1)).wait();  // until both fire at once
  context.restart();
  context.poll();
  link.reset();
  context.restart();
  context.poll();
  EXPECT_EQ(room->links, 0U) << "it waits for another look at its peer";
}

}  // namespace
}  // namespace gateway::net
