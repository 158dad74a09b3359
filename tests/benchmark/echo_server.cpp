#include "benchmark/echo_server.h"

#include <array>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

#include "benchmark/echo.h"
#include "support/loopback.h"

namespace gateway::test {

namespace {

constexpr int patience_ms = 50;  // until it looks whether it is to stop
constexpr std::size_t read_bytes = std::size_t{64} * 1024;

void watch(int epoll, int socket) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = socket;
  epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event);
}

}  // namespace

EchoServer::EchoServer() : epoll_(::epoll_create1(EPOLL_CLOEXEC)), input_(read_bytes) {
  const auto [socket, port] = bound_socket(SOCK_STREAM, 0);
  listener_ = net::Descriptor(socket);
  port_ = port;
  ::listen(listener_.get(), SOMAXCONN);
  watch(epoll_.get(), listener_.get());
  thread_ = std::thread([this] { run(); });
}

EchoServer::~EchoServer() {
  stopping_ = true;
  thread_.join();
}

Duration EchoServer::cpu_time() {
  clockid_t clock{};
  timespec time{};
  ::pthread_getcpuclockid(thread_.native_handle(), &clock);
  ::clock_gettime(clock, &time);
  return seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

void EchoServer::run() {
  std::array<epoll_event, 64> events{};
  while (!stopping_) {
    const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), patience_ms);
    for (int i = 0; i < count; ++i) {
      const int socket = events[static_cast<std::size_t>(i)].data.fd;
      if (socket == listener_.get()) {
        accept();
      } else {
        serve(socket);
      }
    }
  }
}

void EchoServer::accept() {
  const int socket = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
  if (socket < 0) return;
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  connections_[socket].socket = net::Descriptor(socket);
  watch(epoll_.get(), socket);
}

void EchoServer::serve(int socket) {
  output_.clear();
  const ssize_t size = ::recv(socket, input_.data(), input_.size(), MSG_DONTWAIT);
  const bool served =
      size > 0 && connections_[socket].reader.receive(Bytes(input_).first(static_cast<std::size_t>(size)),
                                                      [this](Bytes message) { answer(message); });
  if (!served) {
    connections_.erase(socket);
  } else if (!output_.empty()) {
    ::send(socket, output_.data(), output_.size(), MSG_NOSIGNAL);
  }
}

void EchoServer::answer(Bytes message) {
  answer_.clear();
  write_echo(message, answer_);
  std::array<std::uint8_t, wire::frame_header_bytes> header{};
  ByteWriter out(header);
  wire::write_frame_header(out, answer_.size(), 0, 1);
  output_.insert(output_.end(), header.begin(), header.end());
  output_.insert(output_.end(), answer_.begin(), answer_.end());
}

}  // namespace gateway::test
