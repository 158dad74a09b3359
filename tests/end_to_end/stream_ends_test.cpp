// How connections over TCP, WebSocket and WSS begin badly and how they end: everybody is told, nothing is
// lost.

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <poll.h>
#include <signal.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/stream_scene.h"
#include "support/sanitized.h"

namespace gateway::test {
namespace {

using Kind = ClientEvent::Kind;
using Scheme = GatewayProcess::Scheme;
using End = StreamSocket::End;

constexpr std::array every_scheme = {Scheme::tcp, Scheme::ws, Scheme::wss};

bool server_sees_end(StreamScene& scene) {
  return scene.server.wait_until([](const TestServer& server) { return !server.ended().empty(); });
}

bool ends(StreamSocketClient& client) {
  return client.run_until([&] { return client.ended(); }, patience);
}

std::size_t resident_bytes(pid_t process) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  std::string word;
  while (status >> word) {
    std::size_t kibibytes = 0;
    if (word == "VmRSS:" && status >> kibibytes) return kibibytes * 1024;
  }
  return 0;
}

TEST(StreamEnds, AClientThatLeavesLeavesTheServerToo) {
  for (const Scheme scheme : every_scheme) {
    StreamScene scene(scheme);
    const auto client = scene.connected();
    client->client().disconnect(client->now());
    client->run_for(milliseconds(50));
    EXPECT_TRUE(server_sees_end(scene));
    EXPECT_TRUE(scene.gateway.process().wait_for_output("client_disconnect", patience));
  }
}

TEST(StreamEnds, AClientThatBreaksOffLeavesTheServerToo) {
  for (const Scheme scheme : every_scheme) {
    StreamScene scene(scheme);
    const auto client = scene.connected();
    client->reset();
    EXPECT_TRUE(server_sees_end(scene));
  }
}

TEST(StreamEnds, AServerThatClosesIsToldToTheClientBehindItsLastMessage) {
  for (const Scheme scheme : every_scheme) {
    StreamScene scene(scheme);
    const auto client = scene.encrypted();
    ASSERT_TRUE(send(*client, Operation::echo, 0, std::vector<std::uint8_t>(5000, 7), true));
    ASSERT_TRUE(send(*client, Operation::kick, 1, {}, false));
    const ClientEvent event = told(*client);
    EXPECT_EQ(event.status, ClientEvent::Status::by_server);
    EXPECT_EQ(client->client().count(Kind::response), 1U);
    EXPECT_TRUE(ends(*client));
    EXPECT_EQ(client->ending().stream, End::fin);
    EXPECT_EQ(client->client().incomplete(), 0U);
  }
}

TEST(StreamEnds, AServerThatBreaksOffIsToldToTheClient) {
  for (const Scheme scheme : every_scheme) {
    StreamScene scene(scheme);
    const auto client = scene.connected();
    scene.server.reset_all();
    EXPECT_TRUE(ends(*client));
    EXPECT_EQ(scene.server.accepted(), 1U);  // nobody came back
  }
}

TEST(StreamEnds, CloseCodesPassBothWays) {
  StreamScene scene(Scheme::ws);
  const auto client = scene.connected();
  scene.server.with([](TestServer& server, TimePoint now) { server.disconnect_all(now, 4321); });
  EXPECT_TRUE(ends(*client));
  EXPECT_EQ(client->ending().close_code, 4321);

  const auto other = scene.connected();
  other->close(4123);
  EXPECT_TRUE(ends(*other));
  EXPECT_TRUE(scene.server.wait_until([](const TestServer& server) { return server.ended().size() == 2; }));
  scene.server.with(
      [](TestServer& server, TimePoint) { EXPECT_EQ(server.ended().back().reason.code, 4123); });
}

TEST(StreamEnds, WhereNobodyListensTheClientIsTold) {
  for (const Scheme scheme : every_scheme) {
    const TestCertificate certificate;
    GatewayProcess gateway({.servers = {free_tcp_port()},
                            .more = "timeouts: { connect: 1s }\n",
                            .scheme = scheme,
                            .certificate = scheme == Scheme::wss ? &certificate : nullptr});
    PhotonStreamClient::Config config;
    config.kind = scheme == Scheme::tcp ? StreamKind::tcp : StreamKind::websocket;
    StreamSocketClient::Options options{.port = gateway.port()};
    if (scheme == Scheme::wss) options.tls.emplace();
    StreamSocketClient client(generation_4_1_8, config, options);
    client.connect();
    EXPECT_TRUE(ends(client));
    EXPECT_EQ(client.ending().http_status, scheme == Scheme::tcp ? 0 : 502);
  }
}

TEST(StreamEnds, ASilentServerIsTold) {
  for (const Scheme scheme : {Scheme::tcp, Scheme::ws}) {
    StreamScene scene(scheme, {.silent = true}, "timeouts: { connect: 1s, init: 2s }\n");
    const auto client = scene.client();
    client->connect();
    EXPECT_TRUE(ends(*client));
    EXPECT_EQ(client->ending().http_status, scheme == Scheme::tcp ? 0 : 502);
  }
}

TEST(StreamEnds, AnUpgradeThatTheServerRefusesIsRefused) {
  StreamScene scene(Scheme::ws, {.refuse_upgrade = 403});
  const auto client = scene.client();
  client->connect();
  EXPECT_TRUE(ends(*client));
  EXPECT_EQ(client->ending().http_status, 502);
}

TEST(StreamEnds, AnUpgradeThatAServerRefusesDoesNotCountAgainstIt) {
  StreamScene scene(Scheme::ws, {.refuse_upgrade = 404});
  const auto client = scene.client();
  client->connect();
  EXPECT_TRUE(ends(*client));
  EXPECT_TRUE(scene.gateway.process().wait_for_output("reason=upgrade_declined code=404", patience));
  const std::string metrics = http_get(scene.gateway.admin_port(), "/metrics").body;
  EXPECT_THAT(metrics,
              testing::ContainsRegex(
                  "upstream_connects_total\\{upstream=\"test\",server=\"[^\"]*\",result=\"failed\"\\} 0"));
}

TEST(StreamEnds, AnUpgradeThatTheServerBreaksOffDoesNotTakeItDown) {
  TestStreamServerSocket server({.kind = StreamKind::tcp});  // takes the upgrade for garbage and hangs up
  GatewayProcess gateway(
      {.servers = {server.port()}, .scheme = Scheme::ws, .upstream = {"health_check: { fall: 1 }"}});
  StreamSocketClient client(generation_4_1_8, {.kind = StreamKind::websocket}, {.port = gateway.port()});
  client.connect();
  EXPECT_TRUE(ends(client));
  EXPECT_THAT(http_get(gateway.admin_port(), "/metrics").body,
              testing::ContainsRegex("upstream_up\\{upstream=\"test\",server=\"[^\"]*\"\\} 1"));
}

TEST(StreamEnds, AnUpgradeThatTheServerDoesNotAnswerDoesNotTakeItDown) {
  TestStreamServerSocket server({.kind = StreamKind::websocket, .silent = true});
  GatewayProcess gateway({.servers = {server.port()},
                          .more = "timeouts: { connect: 1s, init: 2s }\n",
                          .scheme = Scheme::ws,
                          .upstream = {"health_check: { fall: 1 }"}});
  StreamSocketClient client(generation_4_1_8, {.kind = StreamKind::websocket}, {.port = gateway.port()});
  client.connect();
  EXPECT_TRUE(ends(client));
  EXPECT_EQ(client.ending().http_status, 502);
  EXPECT_THAT(http_get(gateway.admin_port(), "/metrics").body,
              testing::ContainsRegex("upstream_up\\{upstream=\"test\",server=\"[^\"]*\"\\} 1"));
}

TEST(StreamEnds, TheSecondServerOfAPoolTakesAClientWhoseFirstIsGone) {
  for (const StreamKind kind : {StreamKind::tcp, StreamKind::websocket}) {
    TestStreamServerSocket server({.kind = kind});
    const Scheme scheme = kind == StreamKind::tcp ? Scheme::tcp : Scheme::ws;
    GatewayProcess gateway({.servers = {free_tcp_port(), server.port()}, .scheme = scheme});
    for (int i = 0; i < 3; ++i) {
      StreamSocketClient client(generation_4_1_8, {.kind = kind}, {.port = gateway.port()});
      client.connect();
      EXPECT_TRUE(client.run_until([&] { return client.client().initialised(); }, patience));
    }
  }
}

/// Descriptors that the program has open.
std::size_t descriptors_of(pid_t process) {
  const std::filesystem::directory_iterator open("/proc/" + std::to_string(process) + "/fd");
  return static_cast<std::size_t>(std::distance(begin(open), end(open)));
}

TEST(StreamEnds, APeerThatSaysFarewellAndStaysIsTakenAtItsWordAndLetGo) {
  for (const Scheme scheme : {Scheme::ws, Scheme::wss}) {
    StreamScene scene(scheme);
    const std::size_t before = descriptors_of(scene.gateway.process().id());
    const auto client = scene.connected();
    client->reads(false);
    client->close(4001);
    client->turn();
    EXPECT_TRUE(server_sees_end(scene));  // at once, not when the client closes its socket
    const TimePoint end = client->now() + patience;
    while (descriptors_of(scene.gateway.process().id()) > before && client->now() < end) poll(nullptr, 0, 20);
    EXPECT_LE(descriptors_of(scene.gateway.process().id()), before);
  }
}

TEST(StreamEnds, AClientThatNeverReadsIsLetGo) {
  for (const Scheme scheme : every_scheme) {
    StreamScene scene(scheme, {.server = {.transport = {.buffered = std::size_t{64} << 20}}},
                      "timeouts: { silence: 2s }\n");
    const std::size_t before = descriptors_of(scene.gateway.process().id());
    const auto client = scene.connected({.gives_up = false});
    client->reads(false);
    for (int i = 0; i < 100; ++i) send(*client, Operation::big, 200'000, {}, false);
    const auto gone = [&] { return descriptors_of(scene.gateway.process().id()) <= before; };
    EXPECT_TRUE(client->run_until(gone, seconds(15))) << scene.gateway.process().output();
  }
}

TEST(StreamEnds, AFrameThatAnnouncesAnythingTakesNoMemoryForIt) {
  StreamScene scene(Scheme::ws);
  for (const int exponent : {33, 40, 62}) {
    const auto client = scene.connected();
    std::vector<std::uint8_t> frame{0x82, 0xFF};
    for (int byte = 7; byte >= 0; --byte)
      frame.push_back(static_cast<std::uint8_t>((std::uint64_t{1} << exponent) >> (8 * byte)));
    frame.resize(frame.size() + 4 + 3000);
    client->raw(frame);
    client->run_for(milliseconds(50));
    EXPECT_TRUE(scene.gateway.process().running());
    EXPECT_LT(resident_bytes(scene.gateway.process().id()), std::size_t{512} << 20);
  }
  EXPECT_NE(ask(*scene.connected(), Operation::echo, 0, {}, false), nullptr);
}

TEST(StreamEnds, AWebSocketThatFloodsWithPingsIsCutOffWithoutAFarewell) {
  StreamScene scene(Scheme::ws, {}, "limits: { per_session: { messages: 300/s } }\n");
  const auto client = scene.connected();
  for (int i = 0; i < 1000; ++i) client->websocket_ping();
  EXPECT_TRUE(ends(*client));
  EXPECT_EQ(client->ending().close_code, std::nullopt);
  EXPECT_TRUE(scene.gateway.process().wait_for_output("reason=message_rate", patience));
}

TEST(StreamEnds, NothingMayFollowAnUpgradeRequestBeforeItsAnswer) {
  StreamScene scene(Scheme::ws);
  StreamSocketClient client(generation_4_1_8, {.sends_init = false, .pings = false},
                            {.port = scene.gateway.port()});
  std::string answer;
  client.trace([&](StreamSocketClient::Sent sent, Bytes bytes) {
    if (sent == StreamSocketClient::Sent::by_server) answer += text_of(bytes);
  });
  client.connect();
  client.client().stream_bytes(
      bytes_of("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\nearly"));
  EXPECT_TRUE(ends(client));
  EXPECT_THAT(answer, testing::StartsWith("HTTP/1.1 400"));
  EXPECT_EQ(scene.server.accepted(), 0U);
}

TEST(StreamEnds, AConnectionWithoutAnythingIsClosedAfterTheInitTimeout) {
  for (const Scheme scheme : every_scheme) {
    StreamScene scene(scheme, {}, "timeouts: { init: 1s }\n");
    // Plain TCP without a byte: on wss not even the TLS handshake begins.
    StreamSocketClient client(generation_4_1_8, {.sends_init = false, .pings = false},
                              {.port = scene.gateway.port()});
    client.connect();
    const TimePoint begun = client.now();
    EXPECT_TRUE(ends(client));
    EXPECT_GE(client.now() - begun, milliseconds(900));
  }
}

TEST(StreamEnds, ASlowUpgradeRequestIsClosedAfterTheInitTimeout) {
  StreamScene scene(Scheme::ws, {}, "timeouts: { init: 1s }\n");
  StreamSocketClient client(generation_4_1_8, {.sends_init = false, .pings = false},
                            {.port = scene.gateway.port()});
  client.connect();
  client.client().stream_bytes(bytes_of("GET / HTTP/1.1\r\nHost: a\r\n"));
  EXPECT_TRUE(ends(client));
  EXPECT_EQ(scene.server.accepted(), 0U);
}

TEST(StreamEnds, NoServerIsBotheredByAnythingButAnInit) {
  StreamScene scene(Scheme::tcp);
  StreamSocketClient client(generation_4_1_8, {.sends_init = false}, {.port = scene.gateway.port()});
  client.connect();
  client.client().stream_bytes(bytes_of("GET / HTTP/1.1\r\n\r\n"));
  EXPECT_TRUE(ends(client));
  EXPECT_EQ(scene.server.accepted(), 0U);
}

TEST(StreamEnds, AMessageOverTheLimitEndsTheSession) {
  for (const Scheme scheme : every_scheme) {
    StreamScene scene(scheme, {}, "limits: { message_size: 10KiB, sessions: 500 }\n");
    const auto client = scene.connected();
    ASSERT_TRUE(send(*client, Operation::echo, 0, std::vector<std::uint8_t>(20'000, 1), false));
    EXPECT_TRUE(ends(*client));
    EXPECT_TRUE(scene.gateway.process().wait_for_output("message_size", patience))
        << scene.gateway.process().output();
  }
}

TEST(StreamEnds, SigintTellsEveryClientAndTheProgramEndsWithZero) {
  for (const Scheme scheme : every_scheme) {
    StreamScene scene(scheme);
    const auto client = scene.connected();
    scene.gateway.process().signal(SIGINT);
    EXPECT_TRUE(ends(*client));
    EXPECT_EQ(scene.gateway.process().wait(patience), 0) << scene.gateway.process().output();
  }
}

TEST(StreamEnds, AServerThatTakesNothingForTenSecondsWhileAClientSendsFiftyMegabytesLosesNothing) {
  StreamScene scene(Scheme::tcp, {.server = {.records = false}});
  const auto client = scene.encrypted({.gives_up = false, .keeps_messages = false});
  const std::vector<std::uint8_t> data(50'000, 0x42);
  static constexpr std::uint32_t count = 1000;
  const auto before = resident_bytes(scene.gateway.process().id());
  scene.server.stall(seconds(10));
  const TimePoint resumes = client->now() + seconds(10);
  std::size_t most = 0;
  std::uint32_t sent = 0;
  const auto all_arrived = [&] {
    for (; sent < count && client->queued() < 1'000'000; ++sent) {
      EXPECT_TRUE(send(*client, Operation::silent, sent, data, sent % 2 == 0));
      client->turn();
    }
    most = std::max(most, resident_bytes(scene.gateway.process().id()));
    return scene.server.with([](const TestServer& server, TimePoint) {
      return server.traffic().begin()->second.received.messages >= count;
    });
  };
  EXPECT_TRUE(client->run_until(all_arrived, seconds(120)));
  EXPECT_GE(client->now(), resumes);
  std::printf("memory grew by %zu KiB\n", (most - std::min(most, before)) / 1024);
  if (!sanitized()) {
    EXPECT_LT(most, before + (std::size_t{2} << 20));
  }
  RunningSum expected;
  for (std::uint32_t i = 0; i < count; ++i)
    expected.add(write_operation(message::Serialization::v16, Operation::silent, i, data));
  scene.server.with(
      [&](TestServer& server, TimePoint) { EXPECT_EQ(server.traffic().begin()->second.received, expected); });
  scene.expect_clean(*client);
}

TEST(StreamEnds, AClientThatReadsNothingForAWhileLosesNothing) {
  for (const Scheme scheme : every_scheme) {
    StreamScene scene(scheme, {.server = {.transport = {.buffered = std::size_t{32} << 20}}});
    const auto client = scene.encrypted({.gives_up = false});
    constexpr std::size_t count = 60;
    client->reads(false);
    for (std::size_t i = 0; i < count; ++i) ASSERT_TRUE(send(*client, Operation::big, 200'000, {}, true));
    client->run_for(seconds(2));
    client->reads(true);
    EXPECT_TRUE(
        client->run_until([&] { return client->client().count(Kind::response) == count; }, seconds(60)));
    scene.expect_clean(*client);
  }
}

}  // namespace
}  // namespace gateway::test
