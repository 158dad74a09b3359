#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <poll.h>
#include <string>
#include <thread>
#include <vector>

#include "support/http_head.h"
#include "support/stream_socket.h"
#include "support/test_server.h"
#include "support/websocket.h"

namespace gateway::test {

struct TestStreamServerOptions {
  TestServerOptions server{};
  StreamKind kind = StreamKind::tcp;      // json is as websocket: the client's sub-protocol decides
  bool silent = false;                    // accepts, reads and never answers, not even an upgrade
  int refuse_upgrade = 0;                 // HTTP status to answer upgrades with; 0 = they are accepted
  std::optional<std::string> protocol{};  // to choose, instead of what is offered; empty text: none
  std::optional<TlsChannel::ServerOptions> tls{};
  int receive_buffer_bytes = 0;  // of the sockets; 0 = the system's
  int send_buffer_bytes = 0;
  std::size_t frame_bytes = 0;  // of WebSocket messages it sends; 0 = one frame each
};

/// A TestServer on a TCP port of the loopback interface, with a thread of its own: TCP or WebSocket, also
/// with TLS. It reads only while its answers are taken, as real servers do.
class TestStreamServerSocket {
 public:
  /// Port 0 takes any free one. Throws std::runtime_error when the port is taken.
  explicit TestStreamServerSocket(const TestStreamServerOptions& options = {}, std::uint16_t port = 0,
                                  std::uint64_t seed = 1);
  ~TestStreamServerSocket();
  TestStreamServerSocket(const TestStreamServerSocket&) = delete;
  TestStreamServerSocket& operator=(const TestStreamServerSocket&) = delete;

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

  /// Stops reading from every client, until resume() or for a while. What it sends still leaves.
  void stall();
  void stall(Duration duration);
  void resume();
  /// Breaks every connection with an RST.
  void reset_all();

  /// The upgrade requests that came, in order.
  std::vector<HttpHead> upgrades();
  /// Connections accepted, and those still there.
  std::size_t accepted();
  std::size_t connections();
  /// What clients did that WebSocket forbids.
  std::vector<std::string> websocket_violations();
  /// Bytes that came on all connections, as they were on the wire.
  std::uint64_t bytes_read();

  /// CPU time the server's thread has used.
  Duration cpu_time();

 private:
  struct Connection;
  struct Wake {
    explicit Wake(TestStreamServerSocket& socket) : owner(socket) {}
    ~Wake() { owner.wake(); }
    TestStreamServerSocket& owner;
  };
  using Connections = std::map<Address, std::unique_ptr<Connection>>;

  void run();
  void wake();
  std::vector<pollfd> what_to_wait_for();
  int milliseconds_to_wait(TimePoint now) const;
  bool stalled(TimePoint now) const { return now < stalled_until_; }
  bool reads(TimePoint now, const Connection& connection) const;

  void accept_all();
  void turn(TimePoint now, Connection& connection, bool readable);
  void receive(TimePoint now, Connection& connection, Bytes bytes);
  void receive_websocket(TimePoint now, Connection& connection, Bytes bytes);
  void answer_upgrade(TimePoint now, Connection& connection);
  void tell_end(TimePoint now, Connection& connection);
  void send_all(TimePoint now, Connection& connection);
  void take_output(TimePoint now, Connection& connection);
  static void write_websocket(Connection& connection);
  void finish(Connection& connection, const transport::CloseReason& reason);
  void remove_finished();

  TestStreamServerOptions options_;
  TestServer server_;
  std::mutex mutex_;
  int listener_ = -1;
  int wake_ = -1;
  std::uint16_t port_ = 0;
  Connections connections_;
  TimePoint stalled_until_{};
  std::size_t accepted_ = 0;
  std::uint64_t bytes_read_ = 0;
  std::vector<HttpHead> upgrades_;
  std::vector<std::string> websocket_violations_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace gateway::test
