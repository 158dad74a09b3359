#include "support/stream_socket.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace gateway::test {

namespace {
constexpr std::size_t read_bytes = 64 * 1024;
constexpr std::size_t garbage_bytes = 1024 * 1024;  // written bytes that are kept before the rest is moved
}  // namespace

StreamSocket::StreamSocket(int descriptor, std::unique_ptr<TlsChannel> tls)
    : descriptor_(descriptor), tls_(std::move(tls)) {
  const int on = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

StreamSocket::~StreamSocket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool StreamSocket::connected() const {
  if (!connected_) {
    sockaddr_storage peer{};
    socklen_t length = sizeof peer;
    connected_ = ::getpeername(descriptor_, reinterpret_cast<sockaddr*>(&peer), &length) == 0;
  }
  return connected_ && (!tls_ || tls_->open());
}

std::vector<std::uint8_t> StreamSocket::read() {
  if (end_ != End::none) return {};
  std::vector<std::uint8_t> bytes(read_bytes);
  const ssize_t count = ::recv(descriptor_, bytes.data(), bytes.size(), 0);
  if (count < 0) {
    if (errno != EAGAIN && errno != EINTR && errno != ENOTCONN) failed();
    return {};
  }
  if (count == 0) {
    end_ = End::fin;
    return {};
  }
  bytes.resize(static_cast<std::size_t>(count));
  bytes_read_ += bytes.size();
  if (!tls_) return bytes;
  auto clear = tls_->receive(bytes);
  queue_tls();
  if (tls_->failed()) {
    flush();  // the alert
    end_ = End::tls_failure;
  } else if (tls_->peer_closed() && clear.empty()) {
    end_ = End::fin;
  }
  return clear;
}

void StreamSocket::failed() {
  end_ = errno == ECONNREFUSED ? End::refused : End::reset;
}

void StreamSocket::write(Bytes bytes) {
  if (fin_wanted_) return;
  if (tls_) {
    tls_->send(bytes);
    return queue_tls();
  }
  output_.insert(output_.end(), bytes.begin(), bytes.end());
}

void StreamSocket::queue_tls() {
  const auto sealed = tls_->take_output();
  output_.insert(output_.end(), sealed.begin(), sealed.end());
}

void StreamSocket::flush(std::size_t piece_bytes) {
  if (tls_) queue_tls();
  while (queued() > 0 && write_some(piece_bytes) && piece_bytes == 0) {
  }
  if (queued() > 0 || !fin_wanted_ || fin_sent_ || !connected()) return;
  fin_sent_ = true;
  ::shutdown(descriptor_, SHUT_WR);
}

bool StreamSocket::write_some(std::size_t piece_bytes) {
  const std::size_t size = piece_bytes == 0 ? queued() : std::min(piece_bytes, queued());
  const ssize_t count = ::send(descriptor_, output_.data() + output_taken_, size, MSG_NOSIGNAL);
  if (count < 0) {
    if (errno == EAGAIN || errno == EINTR || errno == ENOTCONN) return false;
    if (end_ == End::none) failed();
    output_.clear();
    output_taken_ = 0;
    return false;
  }
  bytes_written_ += static_cast<std::uint64_t>(count);
  output_taken_ += static_cast<std::size_t>(count);
  if (queued() == 0 || output_taken_ > garbage_bytes) {
    output_.erase(output_.begin(), output_.begin() + static_cast<std::ptrdiff_t>(output_taken_));
    output_taken_ = 0;
  }
  return true;
}

void StreamSocket::finish() {
  if (tls_ && !fin_wanted_) {
    tls_->close();
    queue_tls();
  }
  fin_wanted_ = true;
}

void StreamSocket::reset() {
  if (descriptor_ < 0) return;
  const linger now{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::close(std::exchange(descriptor_, -1));
  end_ = End::reset;
  output_.clear();
  output_taken_ = 0;
}

}  // namespace gateway::test
