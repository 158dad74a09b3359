#include "benchmark/udp_echo_server.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>

#include "benchmark/echo.h"
#include "support/loopback.h"

namespace gateway::test {

namespace {

constexpr int patience_ms = 20;  // until it looks whether it is to stop
constexpr std::size_t ports = 65536;
constexpr int buffer_bytes = 8 << 20;

TimePoint clock_now() {
  return std::chrono::steady_clock::now();
}

}  // namespace

UdpEchoServer::UdpEchoServer()
    : door_({}, random_, door_stats_),
      input_(socket_stats_),
      output_(socket_stats_),
      timers_(clock_now()),
      peers_(ports) {
  options_.commands_per_second = 0;
  options_.resend_min = options_.resend_first_max = ends_resend_after;
  const auto [socket, port] = bound_socket(SOCK_DGRAM | SOCK_NONBLOCK, 0);
  socket_ = net::Descriptor(socket);
  port_ = port;
  ::setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &buffer_bytes, sizeof buffer_bytes);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDBUFFORCE, &buffer_bytes, sizeof buffer_bytes);
  thread_ = std::thread([this] { run(); });
}

UdpEchoServer::~UdpEchoServer() {
  stopping_ = true;
  thread_.join();
}

Duration UdpEchoServer::cpu_time() {
  clockid_t clock{};
  timespec time{};
  ::pthread_getcpuclockid(thread_.native_handle(), &clock);
  ::clock_gettime(clock, &time);
  return seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

void UdpEchoServer::run() {
  while (!stopping_) {
    wait();
    const TimePoint now = clock_now();
    output_.begin(socket_.get());
    receive(now);
    fire(now);
    flush(now);
  }
}

void UdpEchoServer::wait() {
  pollfd entry{socket_.get(), POLLIN, 0};
  const TimePoint next = timers_.next();
  const auto left = next == never ? Duration::max() : next - clock_now();
  const auto limit = std::clamp<Duration>(left, Duration{}, milliseconds(patience_ms));
  ::poll(&entry, 1, static_cast<int>(std::chrono::ceil<milliseconds>(limit).count()));
}

void UdpEchoServer::receive(TimePoint now) {
  input_.receive(socket_.get(), false);
  for (std::size_t i = 0; i < input_.size(); ++i) {
    const auto datagram = input_[i];
    if (!datagram) continue;
    Peer& peer = peers_[datagram->from.port];
    if (!peer.transport || session::Door::wants(datagram->bytes)) {
      meet(now, *datagram);
      continue;
    }
    peer.transport->receive(now, datagram->bytes);
    answer(now, peer);
  }
}

void UdpEchoServer::meet(TimePoint now, const net::Received& datagram) {
  std::array<std::uint8_t, 128> reply{};
  const session::DoorAnswer answered = door_.receive(now, datagram.from, datagram.bytes, false, reply);
  if (answered.reply_bytes > 0) {
    std::copy_n(reply.begin(), answered.reply_bytes, output_.room().begin());
    output_.add(answered.reply_bytes, datagram.from, {});
  }
  if (!answered.proven) return;
  Peer& peer = peers_[datagram.from.port];
  peer.transport = transport::ReliableUdp::accepted(options_, buffers_, stats_, *answered.proven, now);
  peer.address = datagram.from;
  peer.transport->receive(now, datagram.bytes);
  answer(now, peer);
}

void UdpEchoServer::answer(TimePoint now, Peer& peer) {
  while (const auto request = peer.transport->next_payload()) {
    response_.clear();
    write_echo(request->bytes, response_);
    peer.transport->send(now, {.bytes = response_, .channel = request->channel});
  }
  touch(peer.address.port);
}

void UdpEchoServer::touch(std::uint16_t port) {
  if (std::exchange(peers_[port].touched, true)) return;
  touched_.push_back(port);
}

void UdpEchoServer::fire(TimePoint now) {
  due_.clear();
  timers_.advance(now, due_);
  for (const auto port : due_) {
    peers_[port].transport->advance(now);
    touch(static_cast<std::uint16_t>(port));
  }
}

void UdpEchoServer::flush(TimePoint now) {
  for (const std::uint16_t port : touched_) {
    Peer& peer = peers_[port];
    peer.touched = false;
    while (const std::size_t size = peer.transport->next_output(now, output_.room())) {
      output_.add(size, peer.address, {});
    }
    timers_.set(port, peer.transport->deadline());
  }
  touched_.clear();
  output_.flush();
}

}  // namespace gateway::test
