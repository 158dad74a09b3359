// What an idle session over a stream costs the gateway's process, as the system counts it.

#include <cstdio>
#include <fstream>
#include <string>
#include <sys/resource.h>

#include <gtest/gtest.h>

#include "end_to_end/stream_scene.h"
#include "support/sanitized.h"

namespace gateway::test {
namespace {

using Scheme = GatewayProcess::Scheme;

constexpr std::size_t warm_sessions = 50;
constexpr std::size_t measured_sessions = 400;
constexpr double kib = 1024;

/// Every session takes two of ours: its client's, and the server's.
void allow_descriptors() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

/// Bytes of a process's own memory that are in use; pages of files don't count.
double memory_of(pid_t id) {
  std::ifstream status("/proc/" + std::to_string(id) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("RssAnon:")) return kib * std::stod(line.substr(line.find(':') + 1));
  }
  ADD_FAILURE() << "no RssAnon of process " << id;
  return 0;
}

/// Plays with `count` more clients, each with keys where TLS isn't enough, and leaves them idle.
void add_clients(StreamScene& scene, std::vector<std::unique_ptr<StreamSocketClient>>& clients,
                 std::size_t count) {
  const std::vector<std::uint8_t> data(100);
  const bool encrypts = scene.scheme != Scheme::wss;
  for (std::size_t i = 0; i < count; ++i) {
    auto client = encrypts ? scene.encrypted() : scene.connected();
    ASSERT_NE(ask(*client, Operation::echo, 0, data, encrypts), nullptr);
    clients.push_back(std::move(client));
  }
}

double kib_per_idle_session(Scheme scheme) {
  allow_descriptors();
  StreamScene scene(scheme, {.server = {.records = false}}, "threads: 1\n");
  std::vector<std::unique_ptr<StreamSocketClient>> clients;
  add_clients(scene, clients, warm_sessions);
  const pid_t id = scene.gateway.process().id();
  const double before = memory_of(id);
  add_clients(scene, clients, measured_sessions);
  const double each = (memory_of(id) - before) / kib / measured_sessions;
  for (const auto& client : clients) {
    client->turn();
    EXPECT_FALSE(client->ended()) << "a session was over before it was measured";
  }
  std::printf("an idle session takes %.1f KiB\n", each);
  return each;
}

TEST(StreamMemory, IdleTcpSessionStaysWithinItsBound) {
  if (sanitized()) GTEST_SKIP() << "sanitizers keep freed memory";
  EXPECT_LE(kib_per_idle_session(Scheme::tcp), 16);
}

TEST(StreamMemory, IdleWebSocketSessionStaysWithinItsBound) {
  if (sanitized()) GTEST_SKIP() << "sanitizers keep freed memory";
  EXPECT_LE(kib_per_idle_session(Scheme::ws), 16);
}

TEST(StreamMemory, IdleWssSessionStaysWithinItsBound) {
  if (sanitized()) GTEST_SKIP() << "sanitizers keep freed memory";
  EXPECT_LE(kib_per_idle_session(Scheme::wss), 112);
}

}  // namespace
}  // namespace gateway::test
