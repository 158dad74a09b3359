// Photon's own JavaScript client plays through the built program, in JSON mode. Its two players, and what
// they do, are in tests/javascript/play.js.

#include "end_to_end/javascript.h"

#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/stream_scene.h"
#include "support/json_units.h"
#include "support/loopback.h"

namespace gateway::test {
namespace {

using Scheme = GatewayProcess::Scheme;
using testing::HasSubstr;
using testing::IsEmpty;

/// What a server saw of a whole run.
struct Seen {
  std::vector<std::string> upgrades;               // target and sub-protocol
  std::vector<std::vector<std::string>> requests;  // texts of each connection, without pings
  std::size_t pings = 0;
  std::multiset<int> close_codes;
};

void expect_only_text_and_orderly_ends(TestStreamServerSocket& socket) {
  EXPECT_THAT(socket.websocket_violations(), IsEmpty());
  const std::size_t upgrades = socket.upgrades().size();
  EXPECT_TRUE(socket.wait_until([&](const TestServer& server) { return server.ended().size() == upgrades; }));
  socket.with([](TestServer& server, TimePoint) {
    EXPECT_THAT(server.violations(), IsEmpty());
    for (const auto& message : server.received()) EXPECT_EQ(message.form, transport::Form::text);
    for (const auto& ended : server.ended()) EXPECT_EQ(ended.reason.cause, transport::Cause::peer);
  });
}

Seen seen_by(TestStreamServerSocket& socket) {
  Seen seen;
  for (const HttpHead& upgrade : socket.upgrades()) {
    seen.upgrades.push_back(upgrade.target() + " " + upgrade.header("Sec-WebSocket-Protocol").value_or("-"));
  }
  socket.with([&](TestServer& server, TimePoint) {
    for (const auto& ended : server.ended()) seen.close_codes.insert(ended.reason.code);
    std::map<Address, std::size_t> places;
    for (const auto& message : server.received()) {
      const std::string text(text_of(message.bytes));
      if (text.find(R"({"irq":)") != std::string::npos) {
        ++seen.pings;
        continue;
      }
      const auto [place, first] = places.try_emplace(message.peer, places.size());
      if (first) seen.requests.emplace_back();
      seen.requests[place->second].push_back(text);
    }
  });
  return seen;
}

std::string url_of(Scheme scheme, std::uint16_t port) {
  return (scheme == Scheme::wss ? "wss://localhost:" : "ws://localhost:") + std::to_string(port);
}

class JavaScriptOver : public JavaScript, public testing::WithParamInterface<Scheme> {
 protected:
  /// The players' output; the server tells them to play at the address where they came.
  std::string play_at(TestStreamServerSocket& server, std::uint16_t port) const {
    const std::string url = url_of(GetParam(), port);
    server.with([&](TestServer& tested, TimePoint) { tested.play_at(url); });
    const Finished finished = play(url);
    EXPECT_EQ(finished.status, 0) << finished.output;
    expect_only_text_and_orderly_ends(server);
    return finished.output;
  }
};
INSTANTIATE_TEST_SUITE_P(Schemes, JavaScriptOver, testing::Values(Scheme::ws, Scheme::wss),
                         [](const auto& tested) { return tested.param == Scheme::ws ? "Ws" : "Wss"; });

TEST_P(JavaScriptOver, TwoPlayersCannotTellTheGatewayFromTheServer) {
  TestStreamServerOptions options{.kind = StreamKind::websocket};
  if (GetParam() == Scheme::wss) options.tls = {certificate_.certificate(), certificate_.key()};
  TestStreamServerSocket direct(options);
  const std::string directly = play_at(direct, direct.port());

  TestStreamServerSocket behind({.kind = StreamKind::websocket});
  GatewayProcess gateway({.servers = {behind.port()},
                          .scheme = GetParam(),
                          .certificate = GetParam() == Scheme::wss ? &certificate_ : nullptr});
  EXPECT_EQ(play_at(behind, gateway.port()), directly);

  const Seen without = seen_by(direct);
  const Seen with = seen_by(behind);
  EXPECT_EQ(with.upgrades, without.upgrades);
  EXPECT_EQ(with.requests, without.requests);
  EXPECT_EQ(with.close_codes, without.close_codes);
  EXPECT_GT(with.pings, 0U);
  EXPECT_EQ(gateway.stop(), 0) << gateway.process().output();
}

TEST_P(JavaScriptOver, RulesCanReadAllThatTheClientSays) {
  TestStreamServerSocket server({.kind = StreamKind::websocket});
  GatewayProcess gateway({.servers = {server.port()},
                          .more = "encryption:\n  rules:\n"
                                  "    - { operations: [authenticate, create_game, raise_event], "
                                  "require: encrypted, otherwise: log }\n"
                                  "    - { events: [0], to_client: encrypted, otherwise: drop }\n",
                          .scheme = GetParam(),
                          .certificate = GetParam() == Scheme::wss ? &certificate_ : nullptr});
  play_at(server, gateway.port());
  const std::string metrics = http_get(gateway.admin_port(), "/metrics").body;
  EXPECT_THAT(metrics, HasSubstr("closed_total{reason=\"policy\"} 0\n"));
  EXPECT_THAT(metrics, HasSubstr("unopened_messages_total 0\n"));
  const std::string outcome = GetParam() == Scheme::wss ? "confidential" : "log";
  for (const char* code : {"authenticate", "create_game", "raise_event"}) {
    EXPECT_THAT(metrics, testing::ContainsRegex(std::string("code=\"") + code + "\",outcome=\"" + outcome +
                                                "\"} [1-9]"));
  }
}

TEST_F(JavaScript, AClientHearsThatNoServerAnswers) {
  GatewayProcess gateway({.servers = {free_tcp_port()}, .scheme = Scheme::ws});
  const Finished finished = play(url_of(Scheme::ws, gateway.port()));
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.output, HasSubstr("FAILED: alice: error"));
}

}  // namespace
}  // namespace gateway::test
