#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "base/address.h"
#include "base/buffer_pool.h"
#include "base/bytes.h"
#include "base/time.h"
#include "net/datagram_io.h"
#include "net/descriptor.h"
#include "net/stats.h"
#include "net/timer_wheel.h"
#include "session/door.h"
#include "support/seeded_random.h"
#include "transport/reliable_udp.h"

namespace gateway::test {

/// EchoServer's counterpart over UDP: Photon's transport, batches of datagrams, and nothing else. Ciphertext
/// comes back as it is, as if the server had sealed it again. For clients of the loopback interface only:
/// they are told apart by their port.
class UdpEchoServer {
 public:
  UdpEchoServer();
  ~UdpEchoServer();
  UdpEchoServer(const UdpEchoServer&) = delete;
  UdpEchoServer& operator=(const UdpEchoServer&) = delete;

  std::uint16_t port() const { return port_; }
  /// CPU time of its thread.
  Duration cpu_time();
  /// Received and sent up to now.
  std::uint64_t datagrams() const {
    return socket_stats_.receive_datagrams.value() + socket_stats_.send_datagrams.value();
  }

 private:
  struct Peer {
    std::unique_ptr<transport::ReliableUdp> transport;
    Address address;
    bool touched = false;  // may have output
  };

  void run();
  void wait();
  void receive(TimePoint now);
  void meet(TimePoint now, const net::Received& datagram);
  void answer(TimePoint now, Peer& peer);
  void touch(std::uint16_t port);
  void fire(TimePoint now);
  void flush(TimePoint now);

  session::DoorStats door_stats_;
  SeededRandom random_{1};
  session::Door door_;
  BufferPool buffers_;
  transport::Options options_;
  transport::Stats stats_;
  net::ShardStats socket_stats_;
  net::ReceiveBatch input_;
  net::SendBatch output_;
  net::Descriptor socket_;
  std::uint16_t port_ = 0;
  net::TimerWheel timers_;
  std::vector<Peer> peers_;             // by port
  std::vector<std::uint16_t> touched_;  // ports
  std::vector<net::TimerWheel::Key> due_;
  std::vector<std::uint8_t> response_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace gateway::test
