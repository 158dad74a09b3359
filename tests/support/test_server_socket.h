#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

#include "support/loopback.h"
#include "support/test_server.h"

namespace gateway::test {

/// A TestServer on a UDP socket of the loopback interface, with a thread of its own.
class TestServerSocket {
 public:
  /// Port 0 takes any free one. Throws std::runtime_error when the port is taken.
  explicit TestServerSocket(const TestServerOptions& options = {}, std::uint16_t port = 0,
                            std::uint64_t seed = 1);
  ~TestServerSocket();
  TestServerSocket(const TestServerSocket&) = delete;
  TestServerSocket& operator=(const TestServerSocket&) = delete;

  std::uint16_t port() const { return port_; }

  /// Calls `use(server, now)` while the server's thread waits; what it queued leaves at once.
  template <class Use>
  auto with(Use&& use) {
    const Wake wake(*this);
    const std::lock_guard lock(mutex_);
    return use(server_, std::chrono::steady_clock::now());
  }
  /// Waits until `done(server)` holds, at most `limit`; true when it does.
  bool wait_until(const std::function<bool(const TestServer&)>& done, Duration limit = seconds(10));

  /// CPU time the server's thread has used.
  Duration cpu_time();

 private:
  struct Wake {
    explicit Wake(TestServerSocket& socket) : owner(socket) {}
    ~Wake() { owner.wake(); }
    TestServerSocket& owner;
  };

  void run();
  void receive_all();
  void send_all();
  void wake();
  int milliseconds_to_wait();

  TestServer server_;
  std::mutex mutex_;
  int socket_ = -1;
  int wake_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

/// Sends one datagram to a port of the loopback interface from a socket of its own and gives what comes back;
/// empty when nothing comes within `limit`.
std::vector<std::uint8_t> exchange_datagram(std::uint16_t port, Bytes datagram, Duration limit);

}  // namespace gateway::test
