#include "net/tcp_link.h"

#include <cerrno>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <utility>

#include <boost/asio/buffer.hpp>

#include "net/stream_socket.h"

namespace gateway::net {

using boost::asio::ip::tcp;
using boost::system::error_code;
using transport::Cause;

namespace {

constexpr int reads_max = 4;  // of what is discarded, before others get their turn
constexpr std::size_t discarded_max = std::size_t{1} << 20;

bool would_block(const error_code& error) {
  return error == boost::asio::error::would_block || error == boost::asio::error::try_again;
}

/// How much the socket took; none when it failed.
std::optional<std::size_t> write_some(int socket, Bytes bytes) {
  const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent >= 0) return static_cast<std::size_t>(sent);
  if (errno == EAGAIN || errno == EINTR) return 0;
  return std::nullopt;
}

}  // namespace

void TcpLink::prepare() {
  if (!socket_.is_open()) return;
  error_code ignored;
  socket_.non_blocking(true, ignored);
  tune(socket_);
}

void TcpLink::connect(const Address& server, Connected connected) {
  socket_.async_connect(to_endpoint(server),
                        [self = self(), connected = std::move(connected)](error_code error) {
                          if (!self->socket_.is_open()) return;  // aborted
                          if (error) return connected({.error = connect_error_of(error)});
                          self->prepare();
                          connected({});
                        });
}

// Asio would take a system call for every wait; the poller goes on telling until it is told to stop.
void TcpLink::own(LinkOwner& owner, Side side) {
  Link::own(owner, side);
  error_code error;
  const auto local = socket_.local_endpoint(error);
  if (!error) protocol_ = local.protocol();
  if (socket_.is_open()) descriptor_ = Descriptor(socket_.release(error));
}

bool TcpLink::pump() {
  if (owner_ == nullptr) return false;
  const bool wrote = write();
  watch();
  return wrote;
}

void TcpLink::ready() {
  if (owner_ == nullptr) return;
  if (unsent_ && !write_unsent(descriptor_.get())) fail();
  if (wants_input()) read();
}

/// What is waited for: room while something is left to be written, input while the session wants it.
void TcpLink::watch() {
  std::uint32_t wanted = 0;
  if (unsent_) wanted |= EPOLLOUT;
  if (wants_input()) wanted |= EPOLLIN;
  const std::uint32_t before = std::exchange(watched_, wanted);
  if (wanted == before) return;
  const std::uint64_t key = owner_->poller_key(side_);
  if (wanted == 0) {
    room_.poller.remove(descriptor_.get());  // it would still be told of a reset
  } else if (before != 0) {
    room_.poller.change(descriptor_.get(), key, wanted);
  } else if (!room_.poller.add(descriptor_.get(), key, wanted)) {
    watched_ = 0;
    fail();
  }
}

// --- Writing: straight from the session while the socket takes it

bool TcpLink::write() {
  bool wrote = false;
  while (owner_ != nullptr && !unsent_) {
    const std::size_t size = owner_->next_output(side_, room_.output);
    if (size == 0) return wrote;
    wrote = true;
    const Bytes bytes = Bytes(room_.output).first(size);
    const auto sent = write_some(descriptor_.get(), bytes);
    if (!sent) {
      fail();
      return wrote;
    }
    if (*sent == size) continue;
    unsent_ = room_.buffers.copy(bytes.subspan(*sent));
    unsent_from_ = 0;
  }
  return wrote;
}

/// False when it failed.
bool TcpLink::write_unsent(int socket) {
  const auto sent = write_some(socket, std::as_const(unsent_).bytes().subspan(unsent_from_));
  if (!sent) return false;
  unsent_from_ += *sent;
  if (unsent_from_ == unsent_.size()) unsent_ = Buffer();
  return true;
}

// --- Reading: as long as the session wants it. What is left is for the next turn: others are ready too.

void TcpLink::read() {
  const ssize_t size = ::recv(descriptor_.get(), room_.input.data(), room_.input.size(), MSG_DONTWAIT);
  if (size > 0)
    return owner_->received(side_, Bytes(room_.input).first(static_cast<std::size_t>(size)), false);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  input_ended_ = true;
  owner_->ended(side_, {size == 0 ? Cause::peer : Cause::reset, 0});
}

// The connection is of no more use.
void TcpLink::fail() {
  unsent_ = Buffer();
  if (std::exchange(input_ended_, true)) return;
  owner_->ended(side_, {Cause::reset, 0});
}

// --- Ending

void TcpLink::finish(transport::CloseReason reason) {
  owner_ = nullptr;
  farewell_ = reason;
  if (!give_back_socket()) return;
  timer_.emplace(room_.context, farewell_time);
  timer_->async_wait([self = self()](error_code error) {
    if (!error) self->close();
  });
  send_rest();
}

/// To Asio, for which the farewell may take its time.
bool TcpLink::give_back_socket() {
  if (!descriptor_) return false;
  if (std::exchange(watched_, 0) != 0) room_.poller.remove(descriptor_.get());
  error_code error;
  socket_.assign(protocol_, descriptor_.get(), error);
  if (error) {
    descriptor_.close();
    return false;
  }
  descriptor_.release();
  socket_.non_blocking(true, error);
  return true;
}

void TcpLink::send_rest() {
  if (!unsent_) return say_farewell();
  socket_.async_wait(tcp::socket::wait_write, [self = self()](error_code error) {
    if (error || !self->socket_.is_open()) return;
    if (!self->write_unsent(self->socket_.native_handle())) return self->close();
    self->send_rest();
  });
}

// A FIN, and the peer's own is waited for: closing with input unread would reset the connection, and what was
// sent last would be lost on its way.
void TcpLink::say_farewell() {
  error_code ignored;
  int unacknowledged = 0;
  ioctl(socket_.native_handle(), SIOCOUTQ, &unacknowledged);
  if (farewell_->cause == Cause::reset && unacknowledged == 0) {  // otherwise a reset would destroy it
    socket_.set_option(boost::asio::socket_base::linger(true, 0), ignored);
    return close();
  }
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  if (input_ended_) return close();
  discard_input();
}

void TcpLink::discard_input() {
  for (int i = 0; i < reads_max; ++i) {
    error_code error;
    const std::size_t size = socket_.read_some(boost::asio::buffer(room_.input), error);
    discarded_ += size;
    if (would_block(error)) break;
    if (error || discarded_ > discarded_max) return close();
  }
  socket_.async_wait(tcp::socket::wait_read, [self = self()](error_code error) {
    if (!error && self->socket_.is_open()) self->discard_input();
  });
}

void TcpLink::abort() {
  owner_ = nullptr;
  close();
}

void TcpLink::close() {
  error_code ignored;
  timer_.reset();
  descriptor_.close();  // which takes it out of the poller
  socket_.close(ignored);
}

}  // namespace gateway::net
