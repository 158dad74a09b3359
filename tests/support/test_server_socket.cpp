#include "support/test_server_socket.h"

#include <algorithm>
#include <array>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "support/loopback.h"

namespace gateway::test {
using Clock = std::chrono::steady_clock;

std::vector<std::uint8_t> exchange_datagram(std::uint16_t port, Bytes datagram, Duration limit) {
  const auto [descriptor, local] = bound_socket(SOCK_DGRAM, 0);
  const sockaddr_in to = loopback(port);
  ::sendto(descriptor, datagram.data(), datagram.size(), 0, reinterpret_cast<const sockaddr*>(&to),
           sizeof to);
  pollfd polled{descriptor, POLLIN, 0};
  std::vector<std::uint8_t> answer(2048);
  const int ready =
      ::poll(&polled, 1, static_cast<int>(std::chrono::duration_cast<milliseconds>(limit).count()));
  const auto bytes = ready > 0 ? ::recv(descriptor, answer.data(), answer.size(), 0) : 0;
  answer.resize(static_cast<std::size_t>(std::max<ssize_t>(bytes, 0)));
  ::close(descriptor);
  return answer;
}

TestServerSocket::TestServerSocket(const TestServerOptions& options, std::uint16_t port, std::uint64_t seed)
    : server_(options, seed) {
  std::tie(socket_, port_) = bound_socket(SOCK_DGRAM | SOCK_NONBLOCK, port);
  const int buffer_bytes = 4 << 20;
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof buffer_bytes);
  wake_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  thread_ = std::thread([this] { run(); });
}

TestServerSocket::~TestServerSocket() {
  stopping_ = true;
  wake();
  thread_.join();
  ::close(socket_);
  ::close(wake_);
}

void TestServerSocket::wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
}

void TestServerSocket::run() {
  std::array<pollfd, 2> polled{{{socket_, POLLIN, 0}, {wake_, POLLIN, 0}}};
  while (!stopping_) {
    ::poll(polled.data(), polled.size(), milliseconds_to_wait());
    std::uint64_t ignored = 0;
    [[maybe_unused]] const auto read = ::read(wake_, &ignored, sizeof ignored);
    const std::lock_guard lock(mutex_);
    receive_all();
    if (server_.deadline() <= Clock::now()) server_.advance(Clock::now());
    send_all();
  }
}

int TestServerSocket::milliseconds_to_wait() {
  const std::lock_guard lock(mutex_);
  const TimePoint deadline = server_.deadline();
  if (deadline == never) return -1;
  const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 1000));
}

void TestServerSocket::receive_all() {
  std::array<std::uint8_t, 4096> buffer{};
  sockaddr_in from{};
  for (int i = 0; i < 256; ++i) {
    socklen_t length = sizeof from;
    const auto bytes =
        ::recvfrom(socket_, buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
    if (bytes < 0) return;
    server_.receive(Clock::now(), from_system(from), Bytes(buffer).first(static_cast<std::size_t>(bytes)));
  }
}

void TestServerSocket::send_all() {
  while (const auto output = server_.next_output(Clock::now())) {
    const sockaddr_in to = to_system(output->to);
    ::sendto(socket_, output->bytes.data(), output->bytes.size(), 0, reinterpret_cast<const sockaddr*>(&to),
             sizeof to);
  }
}

bool TestServerSocket::wait_until(const std::function<bool(const TestServer&)>& done, Duration limit) {
  for (const TimePoint end = Clock::now() + limit; Clock::now() < end;) {
    {
      const std::lock_guard lock(mutex_);
      if (done(server_)) return true;
    }
    std::this_thread::sleep_for(milliseconds(5));
  }
  const std::lock_guard lock(mutex_);
  return done(server_);
}

Duration TestServerSocket::cpu_time() {
  clockid_t clock{};
  timespec time{};
  ::pthread_getcpuclockid(thread_.native_handle(), &clock);
  ::clock_gettime(clock, &time);
  return seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace gateway::test
