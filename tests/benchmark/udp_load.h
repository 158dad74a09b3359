#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "base/buffer_pool.h"
#include "base/bytes.h"
#include "base/time.h"
#include "net/datagram_io.h"
#include "net/descriptor.h"
#include "net/stats.h"
#include "net/timer_wheel.h"
#include "support/photon_crypto.h"
#include "transport/reliable_udp.h"

namespace gateway::test {

/// What clients do about their operations.
enum class Sealing : std::uint8_t {
  none,
  exchanged,  // keys are exchanged and every operation is sealed: for the gateway
  blind,      // ciphertext of the same size, for which no keys are needed: past whoever looks at nothing
};

struct UdpTarget {
  std::uint16_t port = 0;
  Sealing sealing = Sealing::none;
};

/// Many clients in one thread, each on a socket of its own, that say the same operation again and again: its
/// bytes are made once. All of them have one game loop without a pace: what came is taken, then what there is
/// to say leaves, acknowledgements along with it; those that have nothing to go with wait a frame of 10 ms.
class UdpLoad {
 public:
  /// Returns when all sessions are in. Throws std::runtime_error when one isn't.
  UdpLoad(const UdpTarget& target, std::size_t sessions, std::size_t bytes);
  ~UdpLoad();
  UdpLoad(const UdpLoad&) = delete;
  UdpLoad& operator=(const UdpLoad&) = delete;

  /// Sessions in turn, with at most `window` operations under way over all of them, until all are answered.
  void run(std::size_t operations, std::size_t window);
  /// One operation every `interval`, answered or not: how long each answer took.
  std::vector<Duration> run_open_loop(std::size_t operations, Duration interval);
  /// Only what keeps the sessions alive.
  void idle(Duration duration);

  /// Received and sent up to now.
  std::uint64_t datagrams() const {
    return socket_stats_.receive_datagrams.value() + socket_stats_.send_datagrams.value();
  }
  /// Commands that were sent again: none as long as nothing is lost.
  std::uint64_t resent() const { return stats_.commands_resent.value(); }

 private:
  struct Session {
    net::Descriptor socket;
    std::unique_ptr<transport::ReliableUdp> transport;
    std::vector<std::uint8_t> request;  // empty: it isn't in yet
    std::deque<TimePoint> asked{};      // open loop
    bool touched = false;               // may have output
  };

  void enter_all(const UdpTarget& target, std::size_t sessions);
  void open(const UdpTarget& target, std::uint32_t number);
  void enter(Session& session, Bytes message);
  void take(Duration wait);
  void receive(TimePoint now, Session& session);
  void handle(Session& session, Bytes message);
  void send(Session& session, Bytes message);
  static void check_open(const Session& session);
  Session& next_session();
  void touch(Session& session);
  void fire(TimePoint now);
  void flush();
  std::uint32_t index(const Session& session) const {
    return static_cast<std::uint32_t>(&session - sessions_.data());
  }

  Sealing sealing_;
  std::vector<std::uint8_t> operation_;    // in the clear
  std::vector<std::uint8_t> secret_;       // of all sessions
  std::vector<std::uint8_t> key_request_;  // the same for all
  std::uint8_t response_type_ = 0;         // second byte of every response
  BufferPool buffers_;
  transport::Options options_;
  transport::Stats stats_;
  net::ShardStats socket_stats_;
  net::ReceiveBatch input_;
  net::SendBatch output_;
  net::TimerWheel timers_;
  net::Descriptor epoll_;
  std::vector<Session> sessions_;  // never grows beyond what it reserved
  std::vector<std::uint32_t> touched_;
  std::vector<net::TimerWheel::Key> due_;
  std::size_t next_ = 0;  // whose turn it is
  std::size_t entered_ = 0;
  std::size_t answered_ = 0;
  std::vector<Duration> took_;  // open loop
};

}  // namespace gateway::test
