// A log that can't be written: players notice nothing, what is lost is counted, and the program still ends.

#include <array>
#include <chrono>
#include <cstdint>
#include <fcntl.h>
#include <signal.h>
#include <string>
#include <unistd.h>
#include <utility>

#include <gtest/gtest.h>

#include "end_to_end/gateway_process.h"

namespace gateway::test {
namespace {

std::uint64_t lines_dropped(const GatewayProcess& gateway) {
  return metric(gateway, "photon_gateway_log_lines_dropped_total");
}

GatewayProcess::Options logging_to(int descriptor, const TestServerSocket& server) {
  return {.servers = {server.port()}, .upstream = {"health_check: off"}, .standard_output = descriptor};
}

/// A client that comes, plays, asks twice, and leaves.
void play_through(std::uint16_t port) {
  PhotonSocketClient client(generation_4_1_8, {}, "127.0.0.1", port);
  client.connect();
  ASSERT_TRUE(client.run_until([&] { return client.client().initialised(); }, patience));
  EXPECT_NE(ask(client, Operation::echo, 0, Bytes{}, false), nullptr);
  EXPECT_NE(ask(client, Operation::echo, 0, Bytes{}, false), nullptr);
  client.client().disconnect(client.now());
  client.run_for(milliseconds(50));
}

class Pipe {
 public:
  Pipe() { EXPECT_EQ(::pipe2(ends_.data(), O_CLOEXEC), 0); }
  ~Pipe() {
    for (const int end : ends_) ::close(end);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int writer() const { return ends_[1]; }
  void close_reader() { ::close(std::exchange(ends_[0], -1)); }
  /// Until it takes nothing more.
  void fill() const {
    const std::array<char, 4096> block{};
    ::fcntl(writer(), F_SETFL, O_NONBLOCK);
    for (const std::size_t size : {block.size(), std::size_t{1}}) {
      while (::write(writer(), block.data(), size) > 0) {
      }
    }
    ::fcntl(writer(), F_SETFL, 0);
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

TEST(FailingLog, ADeviceWithoutRoom) {
  const TestServerSocket server;
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  GatewayProcess gateway(logging_to(full, server));
  const std::uint64_t before = lines_dropped(gateway);
  play_through(gateway.port());
  EXPECT_GT(lines_dropped(gateway), before);
  EXPECT_EQ(gateway.stop(), 0);
  ::close(full);
}

TEST(FailingLog, APipeWhoseReaderIsGone) {
  const TestServerSocket server;
  Pipe pipe;
  GatewayProcess gateway(logging_to(pipe.writer(), server));
  EXPECT_EQ(lines_dropped(gateway), 0U);
  pipe.close_reader();
  play_through(gateway.port());
  EXPECT_GT(lines_dropped(gateway), 0U);
  EXPECT_EQ(gateway.stop(), 0);
}

TEST(FailingLog, APipeThatNobodyReads) {
  const TestServerSocket server;
  const Pipe pipe;
  pipe.fill();
  GatewayProcess gateway(logging_to(pipe.writer(), server));
  play_through(gateway.port());
  EXPECT_EQ(gateway.stop(), 0);
}

TEST(FailingLog, WhatIsPrintedAndCannotBeWrittenIsAnError) {
  const Finished printed = run(through_shell({gateway_program(), "--listen", "udp://127.0.0.1:5055",
                                              "--upstream", "udp://127.0.0.1:15055", "--print-config"},
                                             ">/dev/full"));
  EXPECT_EQ(printed.status, 1);
  EXPECT_NE(printed.output.find("can't be written"), std::string::npos) << printed.output;
}

}  // namespace
}  // namespace gateway::test
