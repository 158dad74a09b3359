#include "net/sockets.h"

#include <cerrno>
#include <netinet/in.h>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <system_error>

#include "net/address.h"

namespace gateway::net {

namespace {

bool set_option(const Descriptor& socket, int level, int name, int value) {
  return setsockopt(socket.get(), level, name, &value, sizeof value) == 0;
}

Descriptor datagram_socket(const Address& address) {
  return Descriptor(socket(family(address), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

Descriptor stream_socket(const Address& address) {
  return Descriptor(socket(family(address), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

void ask_for_buffers(const Descriptor& socket, std::size_t bytes) {
  const int size = static_cast<int>(bytes);
  // The first needs CAP_NET_ADMIN, the second is capped by net.core.rmem_max.
  if (!set_option(socket, SOL_SOCKET, SO_RCVBUFFORCE, size)) set_option(socket, SOL_SOCKET, SO_RCVBUF, size);
  if (!set_option(socket, SOL_SOCKET, SO_SNDBUFFORCE, size)) set_option(socket, SOL_SOCKET, SO_SNDBUF, size);
}

void ask_for_local_address(const Descriptor& socket, const Address& address) {
  if (!is_wildcard(address)) return;
  if (is_ipv4(address)) {
    set_option(socket, IPPROTO_IP, IP_PKTINFO, 1);
  } else {
    set_option(socket, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
  }
}

std::string hint(int error, Scheme scheme) {
  switch (error) {
    case EADDRINUSE:
      return std::string("; another program has this port: stop it or change `listen` (see: ss ") +
             (is_stream(scheme) ? "-tlpn)" : "-ulpn)");
    case EADDRNOTAVAIL:
      return "; this machine doesn't have that address: correct `listen`";
    case EACCES:
      return "; ports below 1024 need CAP_NET_BIND_SERVICE";
    default:
      return "";
  }
}

[[noreturn]] void fail(const ListenerOptions& listener, const std::string& what, int error) {
  throw std::runtime_error("listener \"" + listener.name + "\": cannot " + what + " " + listener.text + ": " +
                           std::generic_category().message(error) + hint(error, listener.scheme));
}

}  // namespace

void fail_to_listen(const ListenerOptions& listener, int error) {
  fail(listener, "listen on", error);
}

void check_port_is_free(const ListenerOptions& listener) {
  const bool stream = is_stream(listener.scheme);
  const Descriptor probe = stream ? stream_socket(listener.address) : datagram_socket(listener.address);
  if (!probe) fail(listener, "open a socket for", errno);
  // Connections that wait for their end (TIME_WAIT) don't hold the port then; whoever listens still does.
  if (stream) set_option(probe, SOL_SOCKET, SO_REUSEADDR, 1);
  if (!is_ipv4(listener.address)) set_option(probe, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  const SocketAddress address = to_socket_address(listener.address);
  if (bind(probe.get(), address.get(), address.size) != 0) fail(listener, "listen on", errno);
}

Descriptor open_listener_socket(const ListenerOptions& listener, std::size_t receive_buffer) {
  Descriptor socket = datagram_socket(listener.address);
  if (!socket) fail(listener, "open a socket for", errno);
  if (!is_ipv4(listener.address)) set_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  if (!set_option(socket, SOL_SOCKET, SO_REUSEPORT, 1)) fail(listener, "share", errno);
  set_option(socket, SOL_SOCKET, SO_RXQ_OVFL, 1);
  ask_for_buffers(socket, receive_buffer);
  ask_for_local_address(socket, listener.address);
  const SocketAddress address = to_socket_address(listener.address);
  if (bind(socket.get(), address.get(), address.size) != 0) fail(listener, "listen on", errno);
  return socket;
}

Result<Descriptor, session::UpstreamError> open_upstream_socket(const Address& server) {
  Descriptor socket = datagram_socket(server);
  if (!socket) return session::UpstreamError::no_capacity;
  const SocketAddress address = to_socket_address(server);
  if (connect(socket.get(), address.get(), address.size) == 0) return socket;
  return upstream_error_of(errno).value_or(
      session::UpstreamError::no_capacity);  // mostly EAGAIN: no port left
}

std::optional<session::UpstreamError> upstream_error_of(int error) {
  switch (error) {
    case ECONNREFUSED:
      return session::UpstreamError::refused;
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EHOSTDOWN:
    case ENETDOWN:
      return session::UpstreamError::unreachable;
    default:
      return std::nullopt;
  }
}

}  // namespace gateway::net
