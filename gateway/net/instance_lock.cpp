#include "net/instance_lock.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>

#include "net/address.h"

namespace gateway::net {

namespace {

bool bind_abstract(int socket, const std::string& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::size_t length = std::min(name.size(), sizeof address.sun_path - 1);
  std::copy_n(name.begin(), length, address.sun_path + 1);  // a leading zero makes it abstract
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + length);
  return bind(socket, reinterpret_cast<const sockaddr*>(&address), size) == 0;
}

/// UDP and TCP may have one port number, so they have a lock each.
std::string lock_name(const ListenerOptions& listener) {
  std::string name = "photon-gateway-";
  name += is_stream(listener.scheme) ? "tcp-" : "udp-";
  name += to_text(listener.address);
  return name;
}

}  // namespace

InstanceLock::InstanceLock(const ListenerOptions& listener)
    : socket_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
  if (socket_ && bind_abstract(socket_.get(), lock_name(listener))) return;
  if (errno == EADDRINUSE) {
    throw std::runtime_error("another photon-gateway already listens on " + listener.text + " (listener \"" +
                             listener.name + "\")");
  }
  throw std::runtime_error("cannot lock " + listener.text + ": " + std::generic_category().message(errno));
}

}  // namespace gateway::net
