#include "support/server_address.h"

#include <gtest/gtest.h>

namespace gateway::test {
namespace {

void expect_read(std::string_view text, const ServerAddress& expected) {
  SCOPED_TRACE(text);
  const auto address = read_server_address(text);
  ASSERT_TRUE(address);
  EXPECT_EQ(address->scheme, expected.scheme);
  EXPECT_EQ(address->host, expected.host);
  EXPECT_EQ(address->port, expected.port);
  EXPECT_EQ(address->path, expected.path);
}

TEST(ServerAddress, IsReadInEveryFormThatServersWrite) {
  expect_read("10.0.0.5:5055", {"", "10.0.0.5", 5055, ""});
  expect_read("game.example.com:5056", {"", "game.example.com", 5056, ""});
  expect_read("[::1]:5056", {"", "::1", 5056, ""});
  expect_read("ws://game.example.com:9090", {"ws", "game.example.com", 9090, ""});
  expect_read("wss://[2001:db8::5]:443/Master?a=b", {"wss", "2001:db8::5", 443, "/Master?a=b"});
  expect_read("10.0.0.5:5055/game", {"", "10.0.0.5", 5055, "/game"});
}

TEST(ServerAddress, IsNoneWithoutHostOrPortOrWithColonsOutsideOfBrackets) {
  for (const std::string_view text : {"", "host", "host:", ":5055", "host:0", "host:65536", "host:50x",
                                      "::1:5055", "ws://host/path:5055"}) {
    EXPECT_FALSE(read_server_address(text)) << text;
  }
}

}  // namespace
}  // namespace gateway::test
