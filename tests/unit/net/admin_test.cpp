// Connections of the admin port, and how they end, against sockets of loopback.

#include "net/admin.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/stream_socket.h"
#include "support/loopback.h"

namespace gateway::net {
namespace {

using boost::asio::ip::tcp;
using testing::EndsWith;
using testing::StartsWith;

constexpr Duration short_patience = milliseconds(20);
constexpr Duration long_patience = hours(1);
const std::string request = "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string last_request = "GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

class AdminTest : public testing::Test {
 protected:
  void listen(Duration patience) {
    address = tcp::endpoint(boost::asio::ip::address_v4::loopback(), test::free_tcp_port());
    admin.emplace(context, from_endpoint(address), AdminPages{}, patience);
  }
  tcp::socket client_that_sends(const std::string& text) {
    tcp::socket client(context);
    client.connect(address);
    boost::asio::write(client, boost::asio::buffer(text));
    return client;
  }
  /// What a client gets until its connection is over; empty when that doesn't come.
  std::optional<std::string> answer_to(tcp::socket& client) {
    std::string answer;
    bool over = false;
    boost::asio::async_read(client, boost::asio::dynamic_buffer(answer),
                            [&](auto, std::size_t) { over = true; });
    context.restart();
    while (!over) {
      if (context.run_one_for(std::chrono::seconds(10)) == 0) return std::nullopt;
    }
    return answer;
  }
  /// True when the admin port waits for nothing once it is gone, neither for a socket nor for a time.
  bool leaves_nothing() {
    admin.reset();
    context.restart();
    context.poll();
    return context.stopped();
  }

  boost::asio::io_context context;
  tcp::endpoint address;
  std::optional<Admin> admin;
};

TEST_F(AdminTest, AConnectionThatSendsNoWholeRequestEndsWhenItsTimeIsOver) {
  listen(short_patience);
  for (const std::string& begin : {std::string(), request.substr(0, 20), request + request.substr(0, 5)}) {
    const TimePoint before = std::chrono::steady_clock::now();
    tcp::socket client = client_that_sends(begin);
    const auto answer = answer_to(client);
    ASSERT_TRUE(answer) << "it doesn't end: " << begin;
    EXPECT_EQ(answer->empty(), begin.size() < request.size()) << *answer;
    EXPECT_GE(std::chrono::steady_clock::now() - before, short_patience) << begin;
  }
  EXPECT_TRUE(leaves_nothing());
}

TEST_F(AdminTest, AConnectionThatEndsBeforeItsTimeLeavesNothing) {
  listen(long_patience);
  for (const std::string& begin : {std::string(), request.substr(0, 20), request, last_request}) {
    tcp::socket client = client_that_sends(begin);
    client.shutdown(tcp::socket::shutdown_send);
    ASSERT_TRUE(answer_to(client)) << "it doesn't end: " << begin;
  }
  EXPECT_TRUE(leaves_nothing());
}

TEST_F(AdminTest, AConnectionThatEndsMakesRoomForAnother) {
  listen(long_patience);
  for (std::size_t i = 0; i <= Admin::connections_max; ++i) {
    tcp::socket client = client_that_sends(request.substr(0, 20));
    client.shutdown(tcp::socket::shutdown_send);
    ASSERT_TRUE(answer_to(client));
  }
  tcp::socket client = client_that_sends(last_request);
  const auto answer = answer_to(client);
  ASSERT_TRUE(answer);
  EXPECT_THAT(*answer, StartsWith("HTTP/1.1 200 OK"));
  EXPECT_THAT(*answer, EndsWith("live\n"));
}

TEST_F(AdminTest, AConnectionThatIsOneTooManyEndsAtOnce) {
  listen(long_patience);
  std::vector<tcp::socket> waiting;
  for (std::size_t i = 0; i < Admin::connections_max; ++i) waiting.push_back(client_that_sends(""));
  tcp::socket client = client_that_sends("");
  ASSERT_TRUE(answer_to(client));
}

}  // namespace
}  // namespace gateway::net
