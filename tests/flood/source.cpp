#include "flood/source.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace gateway::test {

namespace {

sockaddr_in address_of(std::uint32_t ip, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(ip);
  address.sin_port = htons(port);
  return address;
}

const sockaddr* as_sockaddr(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

}  // namespace

sockaddr_in address_of_source(std::uint32_t number) {
  constexpr std::uint32_t loopback = 0x7F000000;
  constexpr std::uint32_t first = 0x010000;  // 127.1.0.0: 127.0.0.1 is the player's
  return address_of(loopback | ((first + number) & 0xFFFFFF), 0);
}

Source::Source(std::uint32_t number, std::uint16_t port, Exchanged& counted) : counted_(&counted) {
  const sockaddr_in own = address_of_source(number);
  const sockaddr_in gateway = address_of(INADDR_LOOPBACK, port);
  socket_ = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0 || bind(socket_, as_sockaddr(own), sizeof own) != 0 ||
      connect(socket_, as_sockaddr(gateway), sizeof gateway) != 0) {
    throw std::system_error(errno, std::generic_category(), "a source of the flood");
  }
}

Source::Source(Source&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), counted_(other.counted_) {}

Source::~Source() {
  if (socket_ >= 0) close(socket_);
}

void Source::send(Bytes datagram) {
  if (::send(socket_, datagram.data(), datagram.size(), 0) < 0) return;
  ++counted_->datagrams_sent;
  counted_->sent += datagram.size();
}

std::optional<Bytes> Source::receive() {
  const ssize_t size = recv(socket_, buffer_.data(), buffer_.size(), 0);
  if (size < 0) return std::nullopt;
  ++counted_->datagrams_received;
  counted_->received += static_cast<std::size_t>(size);
  return Bytes(buffer_).first(static_cast<std::size_t>(size));
}

}  // namespace gateway::test
