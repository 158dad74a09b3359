#include "net/tcp_link.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <utility>

#include <boost/asio/buffer.hpp>

#include "net/stream_socket.h"

namespace gateway::net {

using boost::asio::ip::tcp;
using boost::system::error_code;
using transport::Cause;

namespace {

constexpr int reads_max = 4;  // of one link before others get their turn
constexpr std::size_t discarded_max = std::size_t{1} << 20;

bool would_block(const error_code& error) {
  return error == boost::asio::error::would_block || error == boost::asio::error::try_again;
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
                          if (!self->socket_.is_open() && !error) return;  // aborted
                          if (error == boost::asio::error::operation_aborted) return;
                          if (error) return connected(connect_error_of(error));
                          self->prepare();
                          connected(std::nullopt);
                        });
}

bool TcpLink::pump() {
  if (owner_ == nullptr) return false;
  const bool wrote = write();
  read();
  return wrote;
}

// --- Writing: straight from the session while the socket takes it

bool TcpLink::write() {
  bool wrote = false;
  while (owner_ != nullptr && !writing_ && socket_.is_open()) {
    const std::size_t size = owner_->next_output(side_, room_.output);
    if (size == 0) return wrote;
    wrote = true;
    error_code error;
    const Bytes bytes = Bytes(room_.output).first(size);
    const std::size_t sent = socket_.write_some(boost::asio::buffer(bytes.data(), bytes.size()), error);
    if (error && !would_block(error)) {
      fail();
      return wrote;
    }
    if (sent == size) continue;
    unsent_ = room_.buffers.copy(bytes.subspan(sent));
    unsent_from_ = 0;
    wait_writable();
  }
  return wrote;
}

void TcpLink::wait_writable() {
  writing_ = true;
  socket_.async_wait(tcp::socket::wait_write, [self = self()](error_code error) {
    self->writing_ = false;
    if (error || !self->socket_.is_open()) return;
    if (!self->write_unsent()) return;
    if (self->farewell_) return self->say_farewell();
    if (self->owner_ != nullptr) self->owner_->again(self->side_);
  });
}

/// True when it is all gone.
bool TcpLink::write_unsent() {
  const Bytes left = std::as_const(unsent_).bytes().subspan(unsent_from_);
  error_code error;
  unsent_from_ += socket_.write_some(boost::asio::buffer(left.data(), left.size()), error);
  if (error && !would_block(error)) {
    fail();
    return false;
  }
  if (unsent_from_ < unsent_.size()) {
    wait_writable();
    return false;
  }
  unsent_ = Buffer();
  return true;
}

// --- Reading: as long as the session wants it

void TcpLink::read() {
  if (owner_ == nullptr || reading_ || input_ended_ || !socket_.is_open()) return;
  if (!owner_->wants_input(side_)) return;
  reading_ = true;
  socket_.async_wait(tcp::socket::wait_read, [self = self()](error_code error) {
    self->reading_ = false;
    if (error || !self->socket_.is_open()) return;
    if (self->farewell_) return self->discard_input();
    self->readable();
  });
}

void TcpLink::readable() {
  for (int i = 0; i < reads_max && owner_ != nullptr && owner_->wants_input(side_); ++i) {
    error_code error;
    const std::size_t size = socket_.read_some(boost::asio::buffer(room_.input), error);
    if (would_block(error)) break;
    if (error) {
      input_ended_ = true;
      const bool orderly = error == boost::asio::error::eof;
      return owner_->ended(side_, {orderly ? Cause::peer : Cause::reset, 0});
    }
    owner_->received(side_, Bytes(room_.input).first(size), false);
    if (size < room_.input.size()) return;
  }
  if (owner_ != nullptr) owner_->again(side_);  // not all was read: another turn
}

// The connection is of no more use.
void TcpLink::fail() {
  if (farewell_) return close();
  if (std::exchange(input_ended_, true)) return;
  owner_->ended(side_, {Cause::reset, 0});
}

// --- Ending

void TcpLink::finish(transport::CloseReason reason) {
  owner_ = nullptr;
  farewell_ = reason;
  if (!socket_.is_open()) return;
  timer_.emplace(socket_.get_executor(), farewell_time);
  timer_->async_wait([self = self()](error_code error) {
    if (!error) self->close();
  });
  if (!writing_) say_farewell();
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
  if (!reading_) discard_input();
}

void TcpLink::discard_input() {
  for (int i = 0; i < reads_max; ++i) {
    error_code error;
    const std::size_t size = socket_.read_some(boost::asio::buffer(room_.input), error);
    discarded_ += size;
    if (would_block(error)) break;
    if (error || discarded_ > discarded_max) return close();
  }
  reading_ = true;
  socket_.async_wait(tcp::socket::wait_read, [self = self()](error_code error) {
    self->reading_ = false;
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
  socket_.close(ignored);
}

}  // namespace gateway::net
