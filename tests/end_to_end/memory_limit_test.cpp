// What happens when clients fill the memory there is for sessions.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/stream_scene.h"

namespace gateway::test {
namespace {

using testing::HasSubstr;
using Scheme = GatewayProcess::Scheme;

constexpr double mebibyte = 1 << 20;
constexpr double limit = 16 * mebibyte;

/// Queues are long enough that a few sessions meet the limit before one meets `buffered`.
const std::string small_memory = "limits: { memory: 16MiB, per_session: { buffered: 64MiB } }\nthreads: 1\n";
const TestServerOptions generous{.records = false, .transport = {.buffered = std::size_t{64} << 20}};

std::string metrics(const GatewayProcess& gateway) {
  return http_get(gateway.admin_port(), "/metrics").body;
}

double value_of(const std::string& text, const std::string& series) {
  const std::size_t at = text.find("\n" + series + " ");
  return at == std::string::npos ? -1 : std::stod(text.substr(at + series.size() + 2));
}

double used(const GatewayProcess& gateway) {
  return value_of(metrics(gateway), "photon_gateway_memory_used_bytes");
}

double ended_for_memory(const GatewayProcess& gateway) {
  return value_of(metrics(gateway), "photon_gateway_sessions_closed_total{reason=\"memory\"}");
}

double refused_for_memory(const GatewayProcess& gateway) {
  return value_of(metrics(gateway),
                  "photon_gateway_sessions_rejected_total{listener=\"test\",reason=\"memory\"}");
}

/// Waits, while `honest` plays on.
template <class Client>
bool comes_true(Client& honest, const std::function<bool()>& done) {
  const TimePoint end = honest.now() + patience;
  while (!done()) {
    if (honest.now() > end) return false;
    honest.run_for(milliseconds(20));
  }
  return true;
}

TEST(MemoryLimit, OnUdpWhoNeverAcknowledgesEndsAndOthersPlayOn) {
  Scene scene(generous, small_memory);
  const auto honest = scene.connected();
  const auto greedy = scene.connected();
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(send(*greedy, Operation::big, 500'000, {}, false));
  greedy->turn();  // and never again: nothing is acknowledged
  EXPECT_TRUE(comes_true(*honest, [&] { return ended_for_memory(scene.gateway) == 1; }))
      << metrics(scene.gateway);
  EXPECT_TRUE(scene.gateway.process().wait_for_output("reason=memory", patience));
  EXPECT_NE(ask(*honest, Operation::echo, 0, {}, false), nullptr);
  EXPECT_TRUE(comes_true(*honest, [&] { return used(scene.gateway) < 0.5 * limit; }));
  EXPECT_NE(ask(*scene.connected(), Operation::echo, 0, {}, false), nullptr);
  EXPECT_EQ(ended_for_memory(scene.gateway), 1);
}

TEST(MemoryLimit, OnStreamsWhoNeverReadsEndsAndOthersPlayOn) {
  for (const Scheme scheme : {Scheme::tcp, Scheme::ws, Scheme::wss}) {
    StreamScene scene(scheme, {.server = generous}, small_memory);
    const auto honest = scene.connected();
    const auto greedy = scene.connected({.gives_up = false});
    greedy->reads(false);
    for (int i = 0; i < 120; ++i) ASSERT_TRUE(send(*greedy, Operation::big, 250'000, {}, false));
    const auto shed = [&] {
      greedy->turn();
      return ended_for_memory(scene.gateway) == 1;
    };
    EXPECT_TRUE(comes_true(*honest, shed)) << metrics(scene.gateway);
    EXPECT_NE(ask(*honest, Operation::echo, 0, {}, false), nullptr);
    EXPECT_TRUE(comes_true(*honest, [&] { return used(scene.gateway) < 0.5 * limit; }));
    EXPECT_NE(ask(*scene.connected(), Operation::echo, 0, {}, false), nullptr);
  }
}

/// Sends the beginnings of WebSocket messages that never end.
std::vector<std::uint8_t> unfinished_message(std::size_t bytes) {
  std::vector<std::uint8_t> frame{0x82, 0xFF, 0, 0, 0, 0, 0, 0x07, 0xA1, 0x20, 0, 0, 0, 0};  // 500000 bytes
  frame.resize(frame.size() + bytes);
  return frame;
}

TEST(MemoryLimit, SeesMessagesOfWebSocketsThatNeverBecomeWhole) {
  StreamScene scene(Scheme::ws, {.server = generous}, small_memory);
  const auto honest = scene.connected();
  std::vector<std::unique_ptr<StreamSocketClient>> clients;
  for (int i = 0; i < 20; ++i) clients.push_back(scene.connected());
  const double before = used(scene.gateway);
  const auto message = unfinished_message(400'000);
  for (const auto& client : clients) client->raw(message);
  const auto counted = [&] {
    for (const auto& client : clients) client->turn();
    return used(scene.gateway) > before + 20 * 400'000.0;
  };
  EXPECT_TRUE(comes_true(*honest, counted)) << metrics(scene.gateway);
}

/// Lets a client that doesn't read fill memory up to where new sessions are refused, and no further.
void fill(StreamScene& scene, StreamSocketClient& greedy) {
  greedy.reads(false);
  const TimePoint end = greedy.now() + 2 * patience;
  while (used(scene.gateway) < 0.905 * limit && greedy.now() < end) {
    ASSERT_TRUE(send(greedy, Operation::big, 120'000, {}, false));
    greedy.run_for(milliseconds(20));
  }
}

TEST(MemoryLimit, RefusesNewSessionsAtNinetyPercentAndTakesThemAgainBelow) {
  StreamScene scene(Scheme::tcp, {.server = generous}, small_memory);
  const auto greedy = scene.connected({.gives_up = false, .keeps_messages = false});
  fill(scene, *greedy);
  const auto refused = scene.client();
  refused->connect();
  EXPECT_TRUE(refused->run_until([&] { return refused->ended(); }, patience));
  EXPECT_EQ(refused_for_memory(scene.gateway), 1) << metrics(scene.gateway);
  EXPECT_EQ(ended_for_memory(scene.gateway), 0);

  greedy->reads(true);
  EXPECT_TRUE(greedy->run_until([&] { return used(scene.gateway) < 0.5 * limit; }, patience));
  EXPECT_NE(ask(*scene.connected(), Operation::echo, 0, {}, false), nullptr);
  EXPECT_FALSE(greedy->ended());
}

TEST(MemoryLimit, OffEndsNobody) {
  StreamScene scene(Scheme::tcp, {.server = generous},
                    "limits: { memory: off, per_session: { buffered: 64MiB } }\nthreads: 1\n");
  const auto greedy = scene.connected({.gives_up = false});
  greedy->reads(false);
  for (int i = 0; i < 120; ++i) ASSERT_TRUE(send(*greedy, Operation::big, 250'000, {}, false));
  EXPECT_TRUE(greedy->run_until([&] { return used(scene.gateway) > limit; }, patience));
  EXPECT_NE(ask(*scene.connected(), Operation::echo, 0, {}, false), nullptr);
  EXPECT_THAT(metrics(scene.gateway), HasSubstr("photon_gateway_memory_limit_bytes +Inf"));
  EXPECT_EQ(ended_for_memory(scene.gateway), 0);
}

}  // namespace
}  // namespace gateway::test
