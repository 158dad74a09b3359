#include "net/probe.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <memory>
#include <sys/socket.h>
#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "net/sockets.h"
#include "net/stream_socket.h"
#include "transport/disconnect_code.h"
#include "transport/reliable_udp.h"

namespace gateway::net {

namespace {

using boost::asio::ip::tcp;
using boost::asio::posix::stream_descriptor;
using boost::system::error_code;
using transport::Phase;

constexpr std::size_t datagram_max = 4096;
constexpr int datagrams_max = 16;  // read in one turn: a probe has no use for more

TimePoint clock_now() {
  return std::chrono::steady_clock::now();
}

/// Lives in its handlers.
class UdpProbe : public std::enable_shared_from_this<UdpProbe> {
 public:
  UdpProbe(ProbeRoom& room, Descriptor socket, Duration timeout, ProbeDone done)
      : socket_(room.context, socket.release()),
        timer_(room.context),
        transport_(transport::ReliableUdp::connecting(room.options, room.buffers, room.stats,
                                                      {.challenge = room.random.u32() >> 1}, clock_now())),
        give_up_(clock_now() + timeout),
        done_(std::move(done)) {}

  /// One input or timeout, and what follows from it. After the answer it stays until the server knows that we
  /// left, or a while at most.
  void turn() {
    const TimePoint now = clock_now();
    const bool lost = !receive(now);
    if (transport_->deadline() <= now) transport_->advance(now);
    if (done_) judge(now, lost);
    send(now);
    if (!lost && transport_->phase() != Phase::closed) return wait();
    timer_.cancel();
    socket_.close();
  }

  void wait() {
    if (!std::exchange(reading_, true)) {
      socket_.async_wait(stream_descriptor::wait_read, [self = shared_from_this()](error_code error) {
        self->reading_ = false;
        if (!error) self->turn();
      });
    }
    timer_.expires_at(std::min(transport_->deadline(), give_up_));
    timer_.async_wait([self = shared_from_this()](error_code error) {
      if (!error) self->turn();
    });
  }

 private:
  /// False when the network says that nobody is there.
  bool receive(TimePoint now) {
    std::array<std::uint8_t, datagram_max> bytes;
    for (int i = 0; i < datagrams_max; ++i) {
      const ssize_t size = ::recv(socket_.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT);
      if (size < 0) return !upstream_error_of(errno);
      transport_->receive(now, Bytes(bytes).first(static_cast<std::size_t>(size)));
      while (transport_->next_payload()) {
      }
    }
    return true;
  }

  void send(TimePoint now) {
    std::array<std::uint8_t, datagram_max> bytes;
    while (const std::size_t size = transport_->next_output(now, bytes)) {
      ::send(socket_.native_handle(), bytes.data(), size, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
  }

  void judge(TimePoint now, bool lost) {
    switch (transport_->phase()) {
      case Phase::open:
        return leave(ProbeResult::ok, now);
      case Phase::opening:
        if (lost) return leave(ProbeResult::failed, now);
        if (now >= give_up_) return leave(ProbeResult::timeout, now);
        return;
      case Phase::closing:  // the server's Disconnect came, and its acknowledgement still leaves
      case Phase::closed:
        return leave(ProbeResult::failed, now);
    }
  }

  void leave(ProbeResult result, TimePoint now) {
    give_up_ = never;
    transport_->close(now, {transport::Cause::local, transport::code_normal}, transport::Linger::now);
    std::exchange(done_, nullptr)(result);
  }

  stream_descriptor socket_;
  boost::asio::steady_timer timer_;
  std::unique_ptr<transport::ReliableUdp> transport_;
  TimePoint give_up_;
  ProbeDone done_;
  bool reading_ = false;
};

/// The same.
struct TcpProbe : std::enable_shared_from_this<TcpProbe> {
  TcpProbe(ProbeRoom& room, ProbeDone its_done)
      : socket(room.context), timer(room.context), done(std::move(its_done)) {}

  void connect(const Address& server, Duration timeout) {
    socket.async_connect(to_endpoint(server), [self = shared_from_this()](error_code error) {
      if (error && connect_error_of(error) == session::UpstreamError::no_capacity) return self->close();
      self->finish(error ? ProbeResult::failed : ProbeResult::ok);
    });
    timer.expires_after(timeout);
    timer.async_wait([self = shared_from_this()](error_code error) {
      if (!error) self->finish(ProbeResult::timeout);
    });
  }

  void finish(ProbeResult result) {
    close();
    if (done) std::exchange(done, nullptr)(result);
  }

  void close() {
    error_code ignored;
    timer.cancel();
    socket.close(ignored);
  }

  tcp::socket socket;
  boost::asio::steady_timer timer;
  ProbeDone done;
};

}  // namespace

void probe_udp(ProbeRoom& room, const Address& server, Duration timeout, ProbeDone done) {
  auto socket = open_upstream_socket(server);
  if (socket) {
    std::make_shared<UdpProbe>(room, std::move(*socket), timeout, std::move(done))->turn();
  } else if (socket.error() != session::UpstreamError::no_capacity) {
    done(ProbeResult::failed);
  }
}

void probe_tcp(ProbeRoom& room, const Address& server, Duration timeout, ProbeDone done) {
  std::make_shared<TcpProbe>(room, std::move(done))->connect(server, timeout);
}

}  // namespace gateway::net
