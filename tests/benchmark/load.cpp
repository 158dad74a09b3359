#include "benchmark/load.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdexcept>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "message/envelope.h"
#include "support/loopback.h"
#include "support/test_operations.h"

namespace gateway::test {

namespace {

constexpr int patience_ms = 10'000;
constexpr std::size_t events_max = 64;  // a turn
constexpr std::size_t read_bytes = std::size_t{64} * 1024;

TimePoint now() {
  return std::chrono::steady_clock::now();
}

PhotonStreamClient::Config quiet_client(std::uint64_t seed) {
  PhotonStreamClient::Config config;
  config.seed = seed;
  config.pings = false;
  return config;
}

}  // namespace

LoadSession::LoadSession(const Target& target, std::size_t bytes, std::uint64_t seed) {
  connect(target.port);
  if (target.tls) tls_ = std::make_unique<TlsChannel>(TlsChannel::ClientOptions{});
  PhotonStreamClient client(generation_4_1_8, quiet_client(seed));
  client.connect(now());
  enter(client, target.encrypted);
  const std::vector<std::uint8_t> data(bytes);
  const auto message = write_operation(message::Serialization::v16, Operation::echo, 0, data);
  client.message(now(), message[1], Bytes(message).subspan(2), 0, wire::Flags::reliable, target.encrypted);
  request_ = client.send_outgoing(now())->bytes;
  response_type_ = static_cast<std::uint8_t>(message::Type::response);
  if (target.encrypted) response_type_ |= message::encrypted_bit;
}

void LoadSession::connect(std::uint16_t port) {
  socket_ = net::Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = loopback(port);
  if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("a client can't connect");
  }
  const int on = 1;
  ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void LoadSession::enter(PhotonStreamClient& client, bool encrypted) {
  while (!client.initialised()) turn(client);
  if (encrypted) client.exchange_keys(now());
  while (encrypted && !client.encryption_available()) turn(client);
}

void LoadSession::turn(PhotonStreamClient& client) {
  while (const auto outgoing = client.send_outgoing(now())) write(outgoing->bytes);
  if (tls_) write({});  // what its handshake has to say
  pollfd entry{socket_.get(), POLLIN, 0};
  if (::poll(&entry, 1, patience_ms) <= 0) throw std::runtime_error("a client doesn't get in");
  if (const Bytes bytes = read(); !bytes.empty()) client.receive(now(), bytes);
  client.dispatch(now());
}

std::size_t LoadSession::receive() {
  std::size_t count = 0;
  const bool readable = reader_.receive(read(), [&](Bytes message) {
    check(message);
    ++count;
  });
  if (!readable) throw std::runtime_error("a stream can't be read");
  return count;
}

void LoadSession::check(Bytes response) const {
  if (response.size() < 2 || response[1] != response_type_)
    throw std::runtime_error("another answer than was asked for");
}

/// What is there, without TLS; may be empty. Valid until any session reads.
Bytes LoadSession::read() {
  thread_local std::vector<std::uint8_t> input(read_bytes);
  const ssize_t size = ::recv(socket_.get(), input.data(), input.size(), MSG_DONTWAIT);
  if (size == 0 || (size < 0 && errno != EAGAIN)) throw std::runtime_error("a connection ended");
  const Bytes bytes = Bytes(input).first(size < 0 ? 0 : static_cast<std::size_t>(size));
  if (!tls_) return bytes;
  clear_ = tls_->receive(bytes);
  if (tls_->failed()) throw std::runtime_error("TLS: " + tls_->failure());
  return clear_;
}

void LoadSession::write(Bytes bytes) {
  std::vector<std::uint8_t> sealed;
  if (tls_) {
    tls_->send(bytes);
    sealed = tls_->take_output();
    bytes = sealed;
  }
  if (bytes.empty()) return;
  if (::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0)
    throw std::runtime_error("a connection ended");
}

// --- All of them

Load::Load(const Target& target, std::size_t sessions, std::size_t bytes)
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  for (std::size_t i = 0; i < sessions; ++i) {
    sessions_.push_back(std::make_unique<LoadSession>(target, bytes, i + 1));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = sessions_.back().get();
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, sessions_.back()->descriptor(), &event);
  }
}

void Load::run(std::size_t operations, std::size_t window) {
  std::size_t sent = 0;
  for (std::size_t answered = 0; answered < operations; answered += receive()) {
    for (; sent < operations && sent < answered + window; ++sent) {
      sessions_[next_]->request();
      next_ = (next_ + 1) % sessions_.size();
    }
  }
}

std::size_t Load::receive() {
  std::array<epoll_event, events_max> events{};
  const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), patience_ms);
  if (count <= 0) throw std::runtime_error("no answer");
  std::size_t answered = 0;
  for (int i = 0; i < count; ++i) {
    answered += static_cast<LoadSession*>(events[static_cast<std::size_t>(i)].data.ptr)->receive();
  }
  return answered;
}

}  // namespace gateway::test
