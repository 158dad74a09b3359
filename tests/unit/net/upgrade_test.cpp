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

TEST(Upgrade, NothingOddReachesAServer) {
  auto body = upgrade();
  body.set(field::content_length, "5");
  EXPECT_EQ(answer_to(body), 400U);
  auto chunked = upgrade();
  chunked.set(field::transfer_encoding, "chunked");
  EXPECT_EQ(answer_to(chunked), 400U);
  auto hosts = upgrade();
  hosts.insert(field::host, "other.example.com");
  EXPECT_EQ(answer_to(hosts), 400U);
  auto absolute = upgrade();
  absolute.target("http://other.example.com/");
  EXPECT_EQ(answer_to(absolute), 400U);
  auto key = upgrade();
  key.set(field::sec_websocket_key, "AA==");
  EXPECT_EQ(answer_to(key), 400U);
}

TEST(Upgrade, ABrowsersRequestIsTaken) {
  auto browser = upgrade();
  browser.set(field::connection, "keep-alive, Upgrade");
  for (const auto* const name : {"User-Agent", "Accept", "Accept-Language", "Accept-Encoding", "Origin",
                                 "Sec-WebSocket-Extensions", "Cookie", "Pragma", "Cache-Control", "DNT"})
    browser.insert(name, "something");
  EXPECT_EQ(answer_to(browser), 101U);
}

// Each field is compared with each of these.
TEST(Upgrade, ManyTokensInConnectionAreRefused) {
  auto most = upgrade();
  most.set(field::connection, "upgrade,b,b,b,b,b,b,b");
  most.insert(field::connection, "b,b,b,b,b,b,b,b");
  EXPECT_EQ(answer_to(most), 101U);
  most.insert(field::connection, "b");
  EXPECT_EQ(answer_to(most), 400U);
  auto list = upgrade();
  std::string tokens = "upgrade";
  for (int i = 0; i < 4000; ++i) tokens += ",b";
  list.set(field::connection, tokens);
  EXPECT_EQ(answer_to(list), 400U);
}

TEST(Upgrade, ManyFieldsAreRefused) {
  auto request = upgrade();
  while (std::distance(request.begin(), request.end()) < 100) request.insert("X-Field", "1");
  EXPECT_EQ(answer_to(request), 101U);
  request.insert("X-Field", "1");
  EXPECT_EQ(answer_to(request), 400U);
}

std::optional<message::Serialization> agreed(std::string_view offered, std::string_view chosen) {
  auto request = upgrade();
  UpgradeResponse response;
  if (!offered.empty()) request.set(field::sec_websocket_protocol, {offered.data(), offered.size()});
  if (!chosen.empty()) response.set(field::sec_websocket_protocol, {chosen.data(), chosen.size()});
  return serialization_of(request, response);
}

TEST(Upgrade, TheSubProtocolThatWasChosenTellsTheSerialization) {
  using message::Serialization;
  EXPECT_EQ(agreed("GpBinaryV16", "GpBinaryV16"), Serialization::v16);
  EXPECT_EQ(agreed("GpBinaryV162", "GpBinaryV162"), Serialization::v16);
  EXPECT_EQ(agreed("GpBinaryV18", "GpBinaryV18"), Serialization::v18);
  EXPECT_EQ(agreed("Json, GpBinaryV18", "GpBinaryV18"), Serialization::v18);
  EXPECT_EQ(agreed("GpBinaryV16, GpBinaryV18", "GpBinaryV18"), Serialization::v18);
  EXPECT_EQ(agreed("GpBinaryV18", ""), Serialization::v18);
  for (const auto* const name : {"", "Json", "GpBinaryV17", "chat"})
    EXPECT_EQ(agreed(name, name), std::nullopt);
}

TEST(Upgrade, TheServerGetsTheClientsHeadersButNotThoseOfItsConnection) {
  auto from_client = upgrade();
  from_client.set(field::origin, "https://example.com");
  from_client.insert(field::cookie, "a=b");
  from_client.set(field::sec_websocket_extensions, "permessage-deflate");
  from_client.set(field::transfer_encoding, "chunked");
  from_client.set(field::connection, "Upgrade, X-Hop");
  from_client.set("X-Hop", "for the gateway only");
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
  EXPECT_EQ(to_server.count("X-Hop"), 0U);
}

TEST(Upgrade, WhatAnyConnectionHeaderNamesIsNotCopied) {
  auto from_client = upgrade();
  from_client.set(field::connection, "Upgrade, x-first");
  from_client.insert(field::connection, "X-SECOND , x-third");
  for (const auto* const name : {"X-First", "X-Second", "X-Third", "X-Fourth"}) from_client.insert(name, "1");
  UpgradeRequest to_server;
  copy_request(from_client, to_server);
  EXPECT_EQ(to_server.count("X-First"), 0U);
  EXPECT_EQ(to_server.count("X-Second"), 0U);
  EXPECT_EQ(to_server.count("X-Third"), 0U);
  EXPECT_EQ(to_server["X-Fourth"], "1");
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
