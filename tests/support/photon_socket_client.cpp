#include "support/photon_socket_client.h"

#include <array>
#include <cerrno>
#include <memory>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace gateway::test {

namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

int connected_socket(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  if (const int error = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found); error != 0) {
    throw std::runtime_error("not a numeric address: " + host + ": " + gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> address(found, &freeaddrinfo);
  const int descriptor = socket(address->ai_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) fail("socket");
  if (connect(descriptor, address->ai_addr, address->ai_addrlen) != 0) fail("connect");
  return descriptor;
}

}  // namespace

PhotonSocketClient::PhotonSocketClient(const Generation& generation, PhotonClient::Config config,
                                       const std::string& host, std::uint16_t port)
    : client_(generation, std::move(config)), socket_(connected_socket(host, port)) {}

PhotonSocketClient::~PhotonSocketClient() {
  close(socket_);
}

void PhotonSocketClient::turn() {
  receive_all();
  client_.dispatch(now());
  send_all();
}

void PhotonSocketClient::receive_all() {
  std::array<std::uint8_t, 65536> buffer{};  // larger than any MTU, so that a datagram too long is seen whole
  for (;;) {
    const ssize_t count = recv(socket_, buffer.data(), buffer.size(), 0);
    if (count < 0) {
      if (errno != EAGAIN && errno != EINTR) client_.network_error(now());
      return;
    }
    const Bytes datagram = Bytes(buffer).first(static_cast<std::size_t>(count));
    if (trace_) trace_(Sent::by_server, datagram);
    client_.receive(now(), datagram);
  }
}

void PhotonSocketClient::send_all() {
  while (const auto datagram = client_.send_outgoing(now())) {
    if (lost_ && lost_(*datagram)) continue;
    if (trace_) trace_(Sent::by_client, *datagram);
    if (send(socket_, datagram->data(), datagram->size(), 0) < 0 && errno != EAGAIN)
      client_.network_error(now());
  }
}

void PhotonSocketClient::wait(Duration duration) const {
  pollfd entry{socket_, POLLIN, 0};
  poll(&entry, 1, static_cast<int>(std::chrono::ceil<milliseconds>(duration).count()));
}

bool PhotonSocketClient::run_until(const std::function<bool()>& done, Duration timeout) {
  const TimePoint end = now() + timeout;
  TimePoint next_frame = now();
  while (!done()) {
    if (now() >= end) return false;
    receive_all();
    if (now() >= next_frame) {
      client_.dispatch(now());
      send_all();
      next_frame = now() + frame;
    } else {
      wait(next_frame - now());
    }
  }
  return true;
}

void PhotonSocketClient::run_for(Duration duration) {
  run_until([] { return false; }, duration);
}

bool run_together(const std::vector<PhotonSocketClient*>& clients, const std::function<bool()>& done,
                  Duration timeout) {
  const TimePoint end = std::chrono::steady_clock::now() + timeout;
  while (!done()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    for (PhotonSocketClient* client : clients) client->turn();
    poll(nullptr, 0, static_cast<int>(std::chrono::ceil<milliseconds>(PhotonSocketClient::frame).count()));
  }
  return true;
}

}  // namespace gateway::test
