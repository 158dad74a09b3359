#include "support/test_stream_server_socket.h"

#include <algorithm>
#include <pthread.h>
#include <stdexcept>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "support/loopback.h"

namespace gateway::test {

using Clock = std::chrono::steady_clock;

struct TestStreamServerSocket::Connection {
  Connection(const Address& from, int descriptor, std::unique_ptr<TlsChannel> tls)
      : address(from), socket(descriptor, std::move(tls)) {}

  Address address;
  StreamSocket socket;
  std::optional<WebSocket> websocket{};
  bool opened = false;     // the TestServer knows it
  bool end_told = false;   // and knows that nothing more comes
  bool finishing = false;  // what is queued leaves, and then a FIN
};

namespace {

constexpr std::size_t socket_queue_bytes = 256 * 1024;  // beyond it the server's own queue fills
constexpr std::uint16_t close_normal = 1000;

/// The serialization that a client's sub-protocols name; empty for the JSON mode. Throws for unknown ones.
std::optional<message::Serialization> serialization_of(const std::string& offered) {
  if (offered.find("GpBinaryV18") != std::string::npos) return message::Serialization::v18;
  if (offered.find("GpBinaryV16") != std::string::npos) return message::Serialization::v16;
  if (offered.empty() || offered == "Json") return std::nullopt;
  throw std::invalid_argument(offered);
}

}  // namespace

TestStreamServerSocket::TestStreamServerSocket(const TestStreamServerOptions& options, std::uint16_t port,
                                               std::uint64_t seed)
    : options_(options), server_(options.server, seed) {
  std::tie(listener_, port_) = bound_socket(SOCK_STREAM | SOCK_NONBLOCK, port);
  // Accepted sockets inherit these, which is the only way that the window starts small.
  const auto size = [&](int option, int bytes) {
    if (bytes > 0) ::setsockopt(listener_, SOL_SOCKET, option, &bytes, sizeof bytes);
  };
  size(SO_RCVBUF, options.receive_buffer_bytes);
  size(SO_SNDBUF, options.send_buffer_bytes);
  ::listen(listener_, SOMAXCONN);
  wake_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  thread_ = std::thread([this] { run(); });
}

TestStreamServerSocket::~TestStreamServerSocket() {
  stopping_ = true;
  wake();
  thread_.join();
  ::close(listener_);
  ::close(wake_);
}

void TestStreamServerSocket::wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
}

// The loop
// --------------------------------------------------------------------------------------------------------------

void TestStreamServerSocket::run() {
  while (!stopping_) {
    std::vector<pollfd> polled;
    int wait = 0;
    {
      const std::lock_guard lock(mutex_);
      polled = what_to_wait_for();
      wait = milliseconds_to_wait(Clock::now());
    }
    ::poll(polled.data(), polled.size(), wait);
    std::uint64_t ignored = 0;
    [[maybe_unused]] const auto read = ::read(wake_, &ignored, sizeof ignored);

    const std::lock_guard lock(mutex_);
    const TimePoint now = Clock::now();
    std::size_t index = 2;  // connections_ is as it was: only this thread changes it
    for (auto& [address, connection] : connections_) {
      turn(now, *connection, (polled[index++].revents & (POLLIN | POLLERR | POLLHUP)) != 0);
    }
    accept_all();
    if (server_.deadline() <= now) server_.advance(now);
    for (auto& [address, connection] : connections_) send_all(now, *connection);
    remove_finished();
  }
}

std::vector<pollfd> TestStreamServerSocket::what_to_wait_for() {
  std::vector<pollfd> polled{{listener_, POLLIN, 0}, {wake_, POLLIN, 0}};
  for (const auto& [address, connection] : connections_) {
    int events = reads(Clock::now(), *connection) ? POLLIN : 0;
    if (connection->socket.queued() > 0) events |= POLLOUT;
    // Without interest in it a connection that broke would wake us again and again.
    const int descriptor = events == 0 ? -1 : connection->socket.descriptor();
    polled.push_back({descriptor, static_cast<short>(events), 0});
  }
  return polled;
}

bool TestStreamServerSocket::reads(TimePoint now, const Connection& connection) const {
  return connection.socket.end() == StreamSocket::End::none && !stalled(now) &&
         server_.queued_bytes(connection.address) <= options_.server.transport.buffered / 2;
}

int TestStreamServerSocket::milliseconds_to_wait(TimePoint now) const {
  TimePoint deadline = server_.deadline();
  if (stalled(now)) deadline = std::min(deadline, stalled_until_);
  if (deadline == never) return -1;
  const auto left = std::chrono::ceil<milliseconds>(deadline - now).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 1000));
}

void TestStreamServerSocket::accept_all() {
  sockaddr_in from{};
  socklen_t length = sizeof from;
  auto* const generic = reinterpret_cast<sockaddr*>(&from);
  for (;; length = sizeof from) {
    const int descriptor = ::accept4(listener_, generic, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0) return;
    ++accepted_;
    const Address address = from_system(from);
    auto tls = options_.tls ? std::make_unique<TlsChannel>(*options_.tls) : nullptr;
    auto connection = std::make_unique<Connection>(address, descriptor, std::move(tls));
    if (options_.kind != StreamKind::tcp) {
      connection->websocket.emplace(WebSocket::Role::server);
    } else if (!options_.silent) {
      server_.open_stream(Clock::now(), address, StreamKind::tcp);
      connection->opened = true;
    }
    connections_.insert_or_assign(address, std::move(connection));
  }
}

// One connection
// --------------------------------------------------------------------------------------------------------

void TestStreamServerSocket::turn(TimePoint now, Connection& connection, bool readable) {
  if (stalled(now)) server_.not_listening(now, connection.address);
  if (!readable || !reads(now, connection)) return;
  const auto bytes = connection.socket.read();
  bytes_read_ += bytes.size();
  if (!options_.silent && !bytes.empty()) receive(now, connection, bytes);
  if (connection.socket.end() != StreamSocket::End::none) tell_end(now, connection);
}

void TestStreamServerSocket::receive(TimePoint now, Connection& connection, Bytes bytes) {
  if (connection.websocket) return receive_websocket(now, connection, bytes);
  server_.receive_stream(now, connection.address, bytes);
}

void TestStreamServerSocket::receive_websocket(TimePoint now, Connection& connection, Bytes bytes) {
  WebSocket& websocket = *connection.websocket;
  const std::size_t violations = websocket.violations().size();
  websocket.receive(bytes);
  if (websocket.state() == WebSocket::State::handshake && websocket.head()) answer_upgrade(now, connection);
  while (const auto message = websocket.next_message()) {
    server_.receive_stream(now, connection.address, message->bytes, message->text);
  }
  websocket_violations_.insert(websocket_violations_.end(),
                               websocket.violations().begin() + static_cast<std::ptrdiff_t>(violations),
                               websocket.violations().end());
  if (websocket.state() == WebSocket::State::closed) tell_end(now, connection);
}

void TestStreamServerSocket::answer_upgrade(TimePoint now, Connection& connection) {
  WebSocket& websocket = *connection.websocket;
  upgrades_.push_back(*websocket.head());
  if (options_.refuse_upgrade != 0) {
    websocket.refuse(options_.refuse_upgrade, "refused");
    connection.finishing = true;
    return;
  }
  const auto offered = websocket.head()->header("Sec-WebSocket-Protocol");
  auto chosen = options_.protocol ? options_.protocol : offered;
  if (chosen && chosen->empty()) chosen.reset();
  connection.opened = true;
  try {
    const auto serialization = serialization_of(offered.value_or(""));
    // Before accept(), which takes the messages that came with the request.
    server_.open_stream(now, connection.address, serialization ? StreamKind::websocket : StreamKind::json,
                        serialization.value_or(message::Serialization::v16));
    websocket.accept(chosen);
  } catch (const std::invalid_argument&) {  // as a real server refuses unknown sub-protocols
    websocket.accept(chosen);
    websocket.close(close_normal);
    connection.finishing = true;
  }
}

/// Nothing more comes: whatever ended it is the server's to know.
void TestStreamServerSocket::tell_end(TimePoint now, Connection& connection) {
  const bool broken = connection.socket.end() == StreamSocket::End::reset;
  if (!std::exchange(connection.end_told, true) && connection.opened) {
    const auto code = connection.websocket ? connection.websocket->close_code() : std::nullopt;
    server_.end_of_input(now, connection.address,
                         {broken ? transport::Cause::reset : transport::Cause::peer, code.value_or(0)});
  }
  connection.finishing = true;
}

void TestStreamServerSocket::send_all(TimePoint now, Connection& connection) {
  StreamSocket& socket = connection.socket;
  // Again while the system took everything: only what it didn't take wakes us by itself.
  do {
    take_output(now, connection);
    socket.flush();
  } while (connection.opened && socket.queued() == 0 && server_.queued_bytes(connection.address) > 0);
  if (socket.end() != StreamSocket::End::none && !connection.end_told) {
    tell_end(now, connection);  // a write found it out
    take_output(now, connection);
  }
}

void TestStreamServerSocket::take_output(TimePoint now, Connection& connection) {
  StreamSocket& socket = connection.socket;
  while (connection.opened && socket.queued() < socket_queue_bytes) {
    const auto output = server_.stream_output(now, connection.address);
    if (!output) break;
    if (connection.websocket) {
      connection.websocket->send(output->bytes, output->text, options_.frame_bytes);
      write_websocket(connection);
    } else {
      socket.write(output->bytes);
    }
  }
  if (connection.opened) {
    if (const auto reason = server_.take_end(connection.address)) finish(connection, *reason);
  }
  if (connection.websocket) write_websocket(connection);
  if (connection.finishing && server_.queued_bytes(connection.address) == 0) socket.finish();
}

void TestStreamServerSocket::write_websocket(Connection& connection) {
  const Bytes output = connection.websocket->output();
  connection.socket.write(output);
  connection.websocket->written(output.size());
}

void TestStreamServerSocket::finish(Connection& connection, const transport::CloseReason& reason) {
  connection.finishing = true;
  if (connection.websocket && reason.cause != transport::Cause::peer) {
    connection.websocket->close(std::max(reason.code, close_normal));
  }
}

void TestStreamServerSocket::remove_finished() {
  std::erase_if(connections_, [](const auto& entry) {
    const StreamSocket& socket = entry.second->socket;
    if (socket.end() == StreamSocket::End::none) return false;
    return socket.finished() || socket.end() != StreamSocket::End::fin;
  });
}

// What tests ask for
// ----------------------------------------------------------------------------------------------------

bool TestStreamServerSocket::wait_until(const std::function<bool(const TestServer&)>& done, Duration limit) {
  for (const TimePoint end = Clock::now() + limit; Clock::now() < end;) {
    {
      const std::lock_guard lock(mutex_);
      if (done(server_)) return true;
    }
    std::this_thread::sleep_for(milliseconds(5));
  }
  const std::lock_guard lock(mutex_);
  return done(server_);
}

void TestStreamServerSocket::stall() {
  with([this](TestServer&, TimePoint) { stalled_until_ = never; });
}
void TestStreamServerSocket::stall(Duration duration) {
  with([&](TestServer&, TimePoint now) { stalled_until_ = now + duration; });
}
void TestStreamServerSocket::resume() {
  with([this](TestServer&, TimePoint now) { stalled_until_ = now; });
}

void TestStreamServerSocket::reset_all() {
  with([this](TestServer&, TimePoint now) {
    for (auto& [address, connection] : connections_) {
      connection->socket.reset();
      tell_end(now, *connection);
    }
  });
}

std::vector<HttpHead> TestStreamServerSocket::upgrades() {
  return with([this](TestServer&, TimePoint) { return upgrades_; });
}
std::size_t TestStreamServerSocket::accepted() {
  return with([this](TestServer&, TimePoint) { return accepted_; });
}
std::size_t TestStreamServerSocket::connections() {
  return with([this](TestServer&, TimePoint) { return connections_.size(); });
}
std::vector<std::string> TestStreamServerSocket::websocket_violations() {
  return with([this](TestServer&, TimePoint) { return websocket_violations_; });
}
std::uint64_t TestStreamServerSocket::bytes_read() {
  return with([this](TestServer&, TimePoint) { return bytes_read_; });
}

Duration TestStreamServerSocket::cpu_time() {
  clockid_t clock{};
  timespec time{};
  ::pthread_getcpuclockid(thread_.native_handle(), &clock);
  ::clock_gettime(clock, &time);
  return seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace gateway::test
