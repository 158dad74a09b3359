#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "benchmark/frame_reader.h"
#include "net/descriptor.h"

namespace gateway::test {

/// A game server over TCP that does as little as a server can: Init is greeted, an operation comes back as
/// its response, all that one read brought in one write. For the benchmark: TestStreamServerSocket does far
/// more, and a slow server makes every proxy look cheap.
class EchoServer {
 public:
  EchoServer();
  ~EchoServer();
  EchoServer(const EchoServer&) = delete;
  EchoServer& operator=(const EchoServer&) = delete;

  std::uint16_t port() const { return port_; }
  /// CPU time of its thread.
  Duration cpu_time();

 private:
  struct Connection {
    net::Descriptor socket;
    FrameReader reader;
  };

  void run();
  void accept();
  void serve(int socket);
  void answer(Bytes message);

  net::Descriptor listener_;
  std::uint16_t port_ = 0;
  net::Descriptor epoll_;
  std::unordered_map<int, Connection> connections_;
  std::vector<std::uint8_t> input_;
  std::vector<std::uint8_t> output_;
  std::vector<std::uint8_t> answer_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace gateway::test
