#include "support/loopback.h"

#include <algorithm>
#include <arpa/inet.h>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <random>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

#include "support/environment.h"

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

// Who asked for a port binds it later. Meanwhile nobody may get it: neither a connection, which takes one
// from 32768 on where nobody changed that, nor another test, nor another part of the tests that runs at the
// same time.
std::uint16_t free_port(int type) {
  constexpr std::uint64_t first = 12'000;
  constexpr std::uint64_t count = 20'000;
  static const std::uint64_t share =
      count / std::max<std::uint64_t>(1, number_in_environment("GTEST_TOTAL_SHARDS", 1));
  static const std::uint64_t begin = first + share * number_in_environment("GTEST_SHARD_INDEX", 0);
  static std::atomic<std::uint64_t> next = std::random_device()();
  for (std::uint64_t tried = 1;; ++tried) {
    const auto port = static_cast<std::uint16_t>(begin + next++ % share);
    try {
      ::close(bound_socket(type, port).first);
      return port;
    } catch (const std::runtime_error&) {  // taken
      if (tried >= share) throw;
    }
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
