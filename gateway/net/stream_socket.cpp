#include "net/stream_socket.h"

#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <string>

#include <boost/asio/ip/v6_only.hpp>

#include "net/address.h"
#include "net/sockets.h"

namespace gateway::net {

using boost::asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr int backlog = 4096;  // the kernel caps it at net.core.somaxconn
constexpr int keep_alive_idle = 30;
constexpr int keep_alive_interval = 10;
constexpr int keep_alive_probes = 3;

template <int Level, int Name>
using Option = boost::asio::detail::socket_option::integer<Level, Name>;
using ReusePort = boost::asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

}  // namespace

tcp::endpoint to_endpoint(const Address& address) {
  const SocketAddress from = to_socket_address(address);
  tcp::endpoint endpoint;
  endpoint.resize(from.size);
  std::memcpy(endpoint.data(), from.get(), from.size);
  return endpoint;
}

Address from_endpoint(const tcp::endpoint& endpoint) {
  sockaddr_storage storage{};
  std::memcpy(&storage, endpoint.data(), endpoint.size());
  return from_socket_address(storage);
}

tcp::acceptor open_acceptor(boost::asio::io_context& context, const ListenerOptions& listener) {
  const tcp::endpoint endpoint = to_endpoint(listener.address);
  tcp::acceptor acceptor(context);
  try {
    acceptor.open(endpoint.protocol());
    if (endpoint.address().is_v6()) acceptor.set_option(boost::asio::ip::v6_only(true));
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    acceptor.set_option(ReusePort(true));
    acceptor.bind(endpoint);
    acceptor.listen(backlog);
  } catch (const boost::system::system_error& error) {
    fail_to_listen(listener, error.code().value());
  }
  return acceptor;
}

void tune(tcp::socket& socket) {
  error_code ignored;  // a connection works without any of these
  socket.set_option(tcp::no_delay(true), ignored);
  socket.set_option(boost::asio::socket_base::keep_alive(true), ignored);
  socket.set_option(Option<IPPROTO_TCP, TCP_KEEPIDLE>(keep_alive_idle), ignored);
  socket.set_option(Option<IPPROTO_TCP, TCP_KEEPINTVL>(keep_alive_interval), ignored);
  socket.set_option(Option<IPPROTO_TCP, TCP_KEEPCNT>(keep_alive_probes), ignored);
}

bool lacks_descriptor(const error_code& error) {
  return error.value() == EMFILE || error.value() == ENFILE;
}

session::UpstreamError connect_error_of(const error_code& error) {
  switch (error.value()) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case EADDRNOTAVAIL:
    case EAGAIN:
      return session::UpstreamError::no_capacity;
    default:
      return upstream_error_of(error.value()).value_or(session::UpstreamError::unreachable);
  }
}

}  // namespace gateway::net
