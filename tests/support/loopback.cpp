#include "support/loopback.h"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

namespace gateway::test {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

std::pair<int, std::uint16_t> bound_socket(int type, std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
  constexpr int kinds = ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
  const int on = 1;  // what former connections left behind doesn't hold a TCP port
  if ((type & kinds) == SOCK_STREAM) ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address = loopback(port);
  socklen_t length = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (descriptor < 0 || ::bind(descriptor, generic, length) != 0 ||
      ::getsockname(descriptor, generic, &length) != 0) {
    if (descriptor >= 0) ::close(descriptor);
    throw std::runtime_error("no socket on port " + std::to_string(port) + ": " + std::strerror(errno));
  }
  return {descriptor, ntohs(address.sin_port)};
}

Address from_system(const sockaddr_in& system) {
  Address address;
  address.ip[10] = address.ip[11] = 0xFF;
  std::memcpy(address.ip.data() + 12, &system.sin_addr, 4);
  address.port = system.sin_port;
  return address;
}

sockaddr_in to_system(const Address& address) {
  sockaddr_in system{};
  system.sin_family = AF_INET;
  system.sin_port = address.port;
  std::memcpy(&system.sin_addr, address.ip.data() + 12, 4);
  return system;
}

namespace {

// No port is given twice within thousands: who asked for the first may not have bound it yet.
std::uint16_t free_port(int type) {
  constexpr std::size_t remembered = 5000;
  static std::mutex mutex;
  static std::set<std::pair<int, std::uint16_t>> given;
  const std::lock_guard lock(mutex);
  if (given.size() >= remembered) given.clear();
  while (true) {
    const auto [descriptor, port] = bound_socket(type, 0);
    ::close(descriptor);
    if (given.insert({type, port}).second) return port;
  }
}

}  // namespace

std::uint16_t free_udp_port() {
  return free_port(SOCK_DGRAM);
}
std::uint16_t free_tcp_port() {
  return free_port(SOCK_STREAM);
}

}  // namespace gateway::test
