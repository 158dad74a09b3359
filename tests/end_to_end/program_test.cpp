// The program as its operator meets it: command line, configuration, admin port, a second process.

#include <optional>
#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "end_to_end/stream_scene.h"
#include "support/sanitized.h"

namespace gateway::test {
namespace {

using testing::HasSubstr;

constexpr uid_t nobody = 65534;

/// A command as it is run by somebody who isn't root.
std::vector<std::string> without_rights(std::vector<std::string> command) {
  if (::getuid() != 0) return command;
  const std::string id = std::to_string(nobody);
  const std::vector<std::string> launcher{"/usr/bin/setpriv", "--reuid=" + id, "--regid=" + id,
                                          "--clear-groups"};
  command.insert(command.begin(), launcher.begin(), launcher.end());
  return command;
}

/// Who may read the memory of a process, as the kernel shows it: its user, or only root once it can't be
/// dumped.
std::optional<uid_t> reader_of(const Process& process) {
  struct stat status {};
  const std::string path = "/proc/" + std::to_string(process.id()) + "/mem";
  return ::stat(path.c_str(), &status) == 0 ? std::optional(status.st_uid) : std::nullopt;
}

TEST(Program, SaysItsVersion) {
  const Finished finished = run({gateway_program(), "--version"});
  EXPECT_EQ(finished.status, 0);
  EXPECT_THAT(finished.output, HasSubstr("photon-gateway 0."));
}

TEST(Program, ChecksAConfiguration) {
  const TemporaryFile good(
      ".yaml",
      "version: 1\nlisteners:\n  - { name: a, listen: \"udp://127.0.0.1:5055\", upstream: b }\n"
      "upstreams:\n  b: { servers: [\"udp://127.0.0.1:15055\"] }\n");
  EXPECT_EQ(run({gateway_program(), "--config", good.path(), "--check-config"}).status, 0);

  const TemporaryFile bad(
      ".yaml",
      "version: 1\nlisteners:\n  - { name: a, lissten: \"udp://127.0.0.1:5055\", upstream: b }\n"
      "upstreams:\n  b: { servers: [\"udp://127.0.0.1:15055\"] }\n");
  const Finished refused = run({gateway_program(), "--config", bad.path(), "--check-config"});
  EXPECT_NE(refused.status, 0);
  EXPECT_THAT(refused.output, HasSubstr(bad.path() + ":3:"));
  EXPECT_THAT(refused.output, HasSubstr("listen"));
}

TEST(Program, PrintsWhatIsInEffectInAFormItReads) {
  const TemporaryFile file(
      ".yaml",
      "version: 1\nlisteners:\n  - { name: a, listen: \"udp://127.0.0.1:5055\", upstream: b }\n"
      "upstreams:\n  b: { servers: [\"udp://127.0.0.1:15055\"] }\n");
  const Finished printed = run({gateway_program(), "--config", file.path(), "--print-config"});
  EXPECT_EQ(printed.status, 0);
  EXPECT_THAT(printed.output, HasSubstr("sticky"));
  const TemporaryFile again(".yaml", printed.output);
  EXPECT_EQ(run({gateway_program(), "--config", again.path(), "--check-config"}).status, 0) << printed.output;
}

TEST(Program, RunsWithoutAFile) {
  TestServerSocket server;
  const std::uint16_t port = free_udp_port();
  Process process({gateway_program(), "--listen", "udp://127.0.0.1:" + std::to_string(port), "--upstream",
                   "udp://127.0.0.1:" + std::to_string(server.port())});
  PhotonSocketClient client(generation_4_1_8, {}, "127.0.0.1", port);
  ASSERT_TRUE(process.wait_for_output(std::to_string(port), patience)) << process.output();
  client.connect();
  EXPECT_TRUE(client.run_until([&] { return client.client().initialised(); }, patience)) << process.output();
}

TEST(Program, RunsWithoutAFileOverTcpAndWebSocketToo) {
  for (const std::string scheme : {"tcp", "ws"}) {
    const StreamKind kind = scheme == "tcp" ? StreamKind::tcp : StreamKind::websocket;
    TestStreamServerSocket server({.kind = kind});
    const std::uint16_t port = free_tcp_port();
    Process process({gateway_program(), "--listen", scheme + "://127.0.0.1:" + std::to_string(port),
                     "--upstream", scheme + "://127.0.0.1:" + std::to_string(server.port())});
    ASSERT_TRUE(process.wait_for_output("listener=", patience)) << process.output();
    StreamSocketClient client(generation_4_1_8, {.kind = kind}, {.port = port});
    client.connect();
    EXPECT_TRUE(client.run_until([&] { return client.client().initialised(); }, patience))
        << process.output();
  }
}

TEST(Program, CanBeDumpedByNobodyAndReadByRootAlone) {
  if (sanitized()) GTEST_SKIP() << "the leak check attaches to the program";
  const uid_t user = ::getuid() == 0 ? nobody : ::getuid();
  Process other(without_rights({"/bin/sh", "-c", "echo begun; exec sleep 60"}));
  if (!other.wait_for_output("begun", patience))
    GTEST_SKIP() << "no other user can be had: " << other.output();
  ASSERT_EQ(reader_of(other), user) << "of any other program it is its user";
  const std::string port = std::to_string(free_udp_port());
  Process process(without_rights(
      {gateway_program(), "--listen", "udp://127.0.0.1:" + port, "--upstream", "udp://127.0.0.1:1"}));
  if (!process.wait_for_output("listener=", patience)) {
    GTEST_SKIP() << "another user can't run the program: " << process.output();
  }
  EXPECT_EQ(reader_of(process), 0U);
}

TEST(Program, UdpAndTcpShareAPortNumber) {
  TestServerSocket udp;
  TestStreamServerSocket tcp;
  const std::string port = std::to_string(free_tcp_port());
  const TemporaryFile config(
      ".yaml",
      "version: 1\nlisteners:\n  - { name: a, listen: \"udp://127.0.0.1:" + port +
          "\", upstream: a }\n  - { name: b, listen: \"tcp://127.0.0.1:" + port +
          "\", upstream: b }\nupstreams:\n  a: { servers: [\"udp://127.0.0.1:" + std::to_string(udp.port()) +
          "\"] }\n  b: { servers: [\"tcp://127.0.0.1:" + std::to_string(tcp.port()) + "\"] }\nadmin: off\n");
  Process process({gateway_program(), "--config", config.path()});
  ASSERT_TRUE(process.wait_for_output("listener=b", patience)) << process.output();
  const auto number = static_cast<std::uint16_t>(std::stoi(port));
  PhotonSocketClient by_udp(generation_4_1_8, {}, "127.0.0.1", number);
  by_udp.connect();
  EXPECT_TRUE(by_udp.run_until([&] { return by_udp.client().initialised(); }, patience));
  StreamSocketClient by_tcp(generation_4_1_8, {}, {.port = number});
  by_tcp.connect();
  EXPECT_TRUE(by_tcp.run_until([&] { return by_tcp.client().initialised(); }, patience));
}

TEST(Program, ASecondProcessOnTheSamePortEndsWithASentence) {
  Scene scene;
  const Finished second = run({gateway_program(), "--config", scene.gateway.config_path()});
  EXPECT_NE(second.status, 0);
  EXPECT_THAT(second.output, HasSubstr("another photon-gateway already listens on udp://127.0.0.1:" +
                                       std::to_string(scene.gateway.port())));
}

TEST(Program, ASecondProcessOnAnAddressThatOverlapsEndsWithASentence) {
  Scene scene;
  const std::string port = std::to_string(scene.gateway.port());
  const Finished second =
      run({gateway_program(), "--listen", "udp://0.0.0.0:" + port, "--upstream", "udp://127.0.0.1:1"});
  EXPECT_NE(second.status, 0);
  EXPECT_THAT(second.output,
              HasSubstr("cannot listen on udp://0.0.0.0:" + port + ": Address already in use"));
}

TEST(Program, AnswersOnItsAdminPort) {
  Scene scene;
  const auto client = scene.encrypted();
  EXPECT_EQ(http_get(scene.gateway.admin_port(), "/livez").status, 200);
  EXPECT_EQ(http_get(scene.gateway.admin_port(), "/readyz").status, 200);
  const HttpAnswer metrics = http_get(scene.gateway.admin_port(), "/metrics");
  EXPECT_EQ(metrics.status, 200);
  EXPECT_THAT(metrics.body, HasSubstr("# TYPE"));
  EXPECT_THAT(metrics.body, HasSubstr("sessions"));
}

TEST(Program, LogsWhereItListensAndHowASessionEnded) {
  Scene scene;
  EXPECT_THAT(scene.gateway.process().output(), HasSubstr(std::to_string(scene.gateway.port())));
  EXPECT_THAT(scene.gateway.process().output(), HasSubstr(std::to_string(scene.server.port())));
  const auto client = scene.encrypted();
  client->client().disconnect(client->now());
  client->run_for(milliseconds(50));
  EXPECT_TRUE(scene.gateway.process().wait_for_output("client_disconnect", patience))
      << scene.gateway.process().output();
}

}  // namespace
}  // namespace gateway::test
