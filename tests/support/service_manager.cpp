#include "support/service_manager.h"

#include <array>
#include <chrono>
#include <poll.h>
#include <stdexcept>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace gateway::test {

ServiceManager::ServiceManager()
    : path_("/tmp/gateway-test-manager-" + std::to_string(::getpid())),
      socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
  ::unlink(path_.c_str());
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path_.copy(address.sun_path, sizeof address.sun_path - 1);
  if (::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("cannot bind " + path_);
  ::setenv("NOTIFY_SOCKET", path_.c_str(), 1);
}

ServiceManager::~ServiceManager() {
  for (const char* const name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) ::unsetenv(name);
  ::close(socket_);
  ::unlink(path_.c_str());
}

std::string ServiceManager::heard(Duration limit) const {
  pollfd readable{.fd = socket_, .events = POLLIN, .revents = 0};
  const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(limit).count();
  if (::poll(&readable, 1, static_cast<int>(wait)) <= 0) return {};
  std::array<char, 512> text{};
  const ssize_t size = ::recv(socket_, text.data(), text.size(), MSG_DONTWAIT);
  return size > 0 ? std::string(text.data(), static_cast<std::size_t>(size)) : std::string();
}

}  // namespace gateway::test
