// Whether a port can be had: the probe and the lock, against sockets of the kernel.

#include "net/sockets.h"

#include <initializer_list>
#include <stdexcept>
#include <string>
#include <sys/socket.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/address.h"
#include "net/instance_lock.h"

namespace gateway::net {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

const std::string ip = "127.0.0.77";  // nobody else's, so that no other program's ports get into the way

/// A socket on that address, with the options set before it is bound.
Descriptor bound(int type, std::uint16_t port, std::initializer_list<int> options = {}) {
  Descriptor socket(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
  const int on = 1;
  for (const int option : options) setsockopt(socket.get(), SOL_SOCKET, option, &on, sizeof on);
  const SocketAddress address = to_socket_address(*parse_address(ip, port));
  EXPECT_EQ(bind(socket.get(), address.get(), address.size), 0);
  return socket;
}

Descriptor listening(std::initializer_list<int> options = {}) {
  Descriptor socket = bound(SOCK_STREAM, 0, options);
  EXPECT_EQ(listen(socket.get(), 8), 0);
  return socket;
}

std::uint16_t port_of(const Descriptor& socket) {
  SocketAddress address;
  address.size = sizeof address.storage;
  getsockname(socket.get(), address.get(), &address.size);
  return from_socket_address(address.storage).port;
}

ListenerOptions on(Scheme scheme, std::uint16_t port, const std::string& at = ip) {
  const std::string url = std::string(name(scheme)) + "://" + at + ":" + std::to_string(port);
  return {.name = "test", .address = *parse_address(at, port), .text = url, .scheme = scheme, .tls = {}};
}

TEST(PortCheck, RefusesAStreamWhereAProgramListens) {
  const Descriptor other = listening();
  for (const Scheme scheme : {Scheme::tcp, Scheme::ws, Scheme::wss}) {
    EXPECT_THAT([&] { check_port_is_free(on(scheme, port_of(other))); },
                ThrowsMessage<std::runtime_error>(HasSubstr("another program has this port")));
  }
}

TEST(PortCheck, RefusesAStreamWhereAProgramListensThatWouldShare) {
  const Descriptor other = listening({SO_REUSEADDR, SO_REUSEPORT});
  EXPECT_THROW(check_port_is_free(on(Scheme::tcp, port_of(other))), std::runtime_error);
}

TEST(PortCheck, RefusesAStreamOnAnAddressThatOverlaps) {
  const Descriptor other = listening({SO_REUSEADDR, SO_REUSEPORT});
  EXPECT_THROW(check_port_is_free(on(Scheme::tcp, port_of(other), "0.0.0.0")), std::runtime_error);
}

TEST(PortCheck, NamesTheCommandThatShowsWhoHasThePort) {
  const Descriptor stream = listening();
  EXPECT_THAT([&] { check_port_is_free(on(Scheme::ws, port_of(stream))); },
              ThrowsMessage<std::runtime_error>(HasSubstr("(see: ss -tlpn)")));
  const Descriptor datagram = bound(SOCK_DGRAM, 0);
  EXPECT_THAT([&] { check_port_is_free(on(Scheme::udp, port_of(datagram))); },
              ThrowsMessage<std::runtime_error>(HasSubstr("(see: ss -ulpn)")));
}

TEST(PortCheck, KeepsUdpAndTcpApart) {
  const Descriptor datagram = bound(SOCK_DGRAM, 0);
  EXPECT_NO_THROW(check_port_is_free(on(Scheme::tcp, port_of(datagram))));
  const Descriptor stream = listening();
  EXPECT_NO_THROW(check_port_is_free(on(Scheme::udp, port_of(stream))));
}

TEST(PortCheck, LetsAGatewayStartAgainWhileItsOldConnectionsWaitForTheirEnd) {
  Descriptor listener = listening({SO_REUSEADDR, SO_REUSEPORT});
  const std::uint16_t port = port_of(listener);
  {
    Descriptor client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const SocketAddress address = to_socket_address(*parse_address(ip, port));
    ASSERT_EQ(connect(client.get(), address.get(), address.size), 0);
    Descriptor accepted(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    ASSERT_TRUE(accepted);
    accepted.close();  // whoever closes first has to wait
  }
  listener.close();
  EXPECT_NO_THROW(check_port_is_free(on(Scheme::tcp, port)));
}

TEST(InstanceLock, KeepsASecondListenerOffAnAddress) {
  const Descriptor holder = bound(SOCK_STREAM, 0);
  const InstanceLock first(on(Scheme::ws, port_of(holder)));
  EXPECT_THAT([&] { const InstanceLock second(on(Scheme::tcp, port_of(holder))); },
              ThrowsMessage<std::runtime_error>(
                  HasSubstr("another photon-gateway already listens on tcp://127.0.0.77:")));
}

TEST(InstanceLock, LetsUdpAndTcpHaveOnePort) {
  const Descriptor holder = bound(SOCK_STREAM, 0);
  const InstanceLock udp(on(Scheme::udp, port_of(holder)));
  EXPECT_NO_THROW(InstanceLock(on(Scheme::tcp, port_of(holder))));
}

}  // namespace
}  // namespace gateway::net
