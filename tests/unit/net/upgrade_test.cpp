#include "net/upgrade.h"

#include <gtest/gtest.h>

namespace gateway::net {
namespace {

namespace http = boost::beast::http;
using http::field;

UpgradeRequest upgrade() {
  UpgradeRequest request{http::verb::get, "/game?sid=30&IPv6", 11};
  request.set(field::host, "game.example.com:9090");
  request.set(field::upgrade, "websocket");
  request.set(field::connection, "Upgrade");
  request.set(field::sec_websocket_key, "dGhlIHNhbXBsZSBub25jZQ==");
  request.set(field::sec_websocket_version, "13");
  return request;
}

unsigned answer_to(const UpgradeRequest& request) {
  const auto refused = refuse_upgrade(request);
  return refused ? refused->result_int() : 101;
}

TEST(Upgrade, OnlyAWebSocketHandshakeIsTaken) {
  EXPECT_EQ(answer_to(upgrade()), 101U);
  EXPECT_EQ(answer_to(UpgradeRequest{http::verb::get, "/", 11}), 426U);
  auto post = upgrade();
  post.method(http::verb::post);
  EXPECT_EQ(answer_to(post), 426U);
  auto old = upgrade();
  old.version(10);
  EXPECT_EQ(answer_to(old), 426U);
  auto keyless = upgrade();
  keyless.erase(field::sec_websocket_key);
  EXPECT_EQ(answer_to(keyless), 400U);
  auto draft = upgrade();
  draft.set(field::sec_websocket_version, "8");
  EXPECT_EQ(answer_to(draft), 400U);
}

TEST(Upgrade, TheSubProtocolTellsTheSerialization) {
  auto request = upgrade();
  EXPECT_EQ(serialization_of(request), std::nullopt);
  for (const auto& [name, serialization] : {std::pair{"GpBinaryV16", message::Serialization::v16},
                                            std::pair{"GpBinaryV162", message::Serialization::v16},
                                            std::pair{"GpBinaryV18", message::Serialization::v18}}) {
    request.set(field::sec_websocket_protocol, name);
    EXPECT_EQ(serialization_of(request), serialization) << name;
  }
  for (const auto* const name : {"", "Json", "GpBinaryV17", "chat"}) {
    request.set(field::sec_websocket_protocol, name);
    EXPECT_EQ(serialization_of(request), std::nullopt) << name;
  }
}

TEST(Upgrade, TheServerGetsTheClientsHeadersButNotThoseOfItsConnection) {
  auto from_client = upgrade();
  from_client.set(field::origin, "https://example.com");
  from_client.insert(field::cookie, "a=b");
  from_client.set(field::sec_websocket_extensions, "permessage-deflate");
  from_client.set(field::transfer_encoding, "chunked");
  UpgradeRequest to_server;
  to_server.set(field::host, "localhost");
  to_server.set(field::sec_websocket_key, "own key");
  to_server.set(field::user_agent, "own name");
  copy_request(from_client, to_server);
  EXPECT_EQ(to_server[field::host], "game.example.com:9090");
  EXPECT_EQ(to_server.count(field::host), 1U);
  EXPECT_EQ(to_server[field::origin], "https://example.com");
  EXPECT_EQ(to_server[field::cookie], "a=b");
  EXPECT_EQ(to_server[field::sec_websocket_key], "own key");
  EXPECT_EQ(to_server.count(field::user_agent), 0U);  // the client had none
  EXPECT_EQ(to_server.count(field::sec_websocket_extensions), 0U);
  EXPECT_EQ(to_server.count(field::transfer_encoding), 0U);
}

TEST(Upgrade, TheClientGetsTheServersNameAndChoice) {
  UpgradeResponse from_server{http::status::switching_protocols, 11};
  from_server.set(field::server, "Photon");
  from_server.set(field::sec_websocket_protocol, "GpBinaryV18");
  from_server.set(field::sec_websocket_accept, "the server's");
  UpgradeResponse to_client;
  to_client.set(field::server, "own name");
  to_client.set(field::sec_websocket_accept, "own");
  copy_response(from_server, to_client);
  EXPECT_EQ(to_client[field::server], "Photon");
  EXPECT_EQ(to_client[field::sec_websocket_protocol], "GpBinaryV18");
  EXPECT_EQ(to_client[field::sec_websocket_accept], "own");
}

}  // namespace
}  // namespace gateway::net
