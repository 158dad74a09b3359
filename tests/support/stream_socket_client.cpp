#include "support/stream_socket_client.h"

#include <algorithm>
#include <cerrno>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace gateway::test {

namespace {

using End = StreamSocket::End;
using Status = ClientEvent::Status;
using State = PhotonStreamClient::State;

constexpr int reads_a_turn = 16;
constexpr std::size_t queue_bytes = 256 * 1024;  // beyond it messages wait in the client
constexpr std::uint16_t close_normal = 1000;
constexpr Duration piece_pause = microseconds(50);  // so that pieces arrive one by one
constexpr Duration answer_limit = seconds(20);

int connecting_socket(const StreamSocketClient::Options& options) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(options.port);
  if (const int error = ::getaddrinfo(options.host.c_str(), port.c_str(), &hints, &found); error != 0) {
    throw std::runtime_error("not a numeric address: " + options.host + ": " + ::gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> address(found, &::freeaddrinfo);
  const int descriptor = ::socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "socket");
  const auto size = [&](int option, int bytes) {
    if (bytes > 0) ::setsockopt(descriptor, SOL_SOCKET, option, &bytes, sizeof bytes);
  };
  size(SO_RCVBUF, options.receive_buffer_bytes);
  size(SO_SNDBUF, options.send_buffer_bytes);
  // Whatever goes wrong here shows at the first read.
  [[maybe_unused]] const int result = ::connect(descriptor, address->ai_addr, address->ai_addrlen);
  return descriptor;
}

std::string protocol_name(Protocol protocol) {
  return protocol == Protocol::v16 ? "GpBinaryV16" : "GpBinaryV18";
}

}  // namespace

StreamSocketClient::StreamSocketClient(const Generation& generation, PhotonStreamClient::Config config,
                                       Options options)
    : client_(generation, std::move(config)), options_(std::move(options)) {
  const bool binary = client_.config().kind == StreamKind::websocket;
  if (binary && options_.offers_protocol && !options_.upgrade.protocol) {
    options_.upgrade.protocol = protocol_name(client_.config().init.protocol);
  }
}

StreamSocketClient::~StreamSocketClient() = default;

void StreamSocketClient::connect() {
  auto tls = options_.tls ? std::make_unique<TlsChannel>(*options_.tls) : nullptr;
  socket_ = std::make_unique<StreamSocket>(connecting_socket(options_), std::move(tls));
  websocket_.reset();
  if (client_.config().kind != StreamKind::tcp) {
    websocket_.emplace(WebSocket::Role::client, client_.config().seed);
  }
  requested_ = left_ = false;
  client_.connect(now());
}

bool StreamSocketClient::connected() const {
  if (!socket_ || !socket_->connected()) return false;
  return !websocket_ || websocket_->state() == WebSocket::State::open;
}

StreamSocketClient::Ending StreamSocketClient::ending() const {
  Ending ending;
  if (!socket_) return ending;
  ending.stream = socket_->end();
  ending.truncated = socket_->truncated();
  if (!websocket_) return ending;
  ending.close_code = websocket_->close_code();
  if (websocket_->head()) ending.http_status = websocket_->head()->status();
  return ending;
}

void StreamSocketClient::turn() {
  if (!socket_) return;
  if (reads_) receive_all();
  if (socket_->end() != End::none) take_end();
  client_.dispatch(now());
  send_all();
}

// Receiving
// ---------------------------------------------------------------------------------------------------------

void StreamSocketClient::receive_all() {
  for (int i = 0; i < reads_a_turn && socket_->end() == End::none; ++i) {
    const auto bytes = socket_->read();
    if (!bytes.empty()) receive(bytes);
    if (bytes.empty() && !socket_->tls()) break;  // with TLS a read may have brought half a record
    if (bytes.empty() && i > 0) break;
  }
}

void StreamSocketClient::receive(Bytes bytes) {
  if (trace_) trace_(Sent::by_server, bytes);
  if (websocket_) return receive_websocket(bytes);
  client_.receive(now(), bytes);
}

void StreamSocketClient::receive_websocket(Bytes bytes) {
  websocket_->receive(bytes);
  while (const auto message = websocket_->next_message()) {
    if (message->text) {
      client_.receive_text(now(), message->bytes);
    } else {
      client_.receive(now(), message->bytes);
    }
  }
  if (websocket_->state() == WebSocket::State::refused) client_.ended(now(), Status::network_error);
  if (websocket_->state() == WebSocket::State::closed) client_.ended(now(), Status::by_server);
}

void StreamSocketClient::take_end() {
  client_.ended(now(), socket_->end() == End::fin ? Status::by_server : Status::network_error);
}

// Sending
// -----------------------------------------------------------------------------------------------------------

void StreamSocketClient::send_all() {
  if (websocket_ && !requested_ && socket_->connected()) {
    requested_ = true;
    websocket_->request(options_.upgrade);
  }
  while (connected() && !left_ && socket_->queued() < queue_bytes) {
    const auto outgoing = client_.send_outgoing(now());
    if (!outgoing) break;
    pass_on(*outgoing);
    if (options_.piece_bytes == 0 && socket_->queued() >= queue_bytes) socket_->flush();
  }
  if (client_.state() == State::disconnected) leave();
  if (websocket_) {
    write(websocket_->output());
    websocket_->written(websocket_->output().size());
  }
  socket_->flush(options_.piece_bytes);
}

void StreamSocketClient::pass_on(const PhotonStreamClient::Outgoing& outgoing) {
  if (!websocket_) return write(outgoing.bytes);
  websocket_->send(outgoing.bytes, outgoing.text, options_.frame_bytes);
  write(websocket_->output());
  websocket_->written(websocket_->output().size());
}

void StreamSocketClient::write(Bytes bytes) {
  if (bytes.empty()) return;
  if (trace_) trace_(Sent::by_client, bytes);
  socket_->write(bytes);
}

/// Ends the stream once, when the client is no longer connected.
void StreamSocketClient::leave() {
  if (std::exchange(left_, true)) return;
  if (websocket_ && websocket_->state() == WebSocket::State::open) websocket_->close(close_normal);
  if (websocket_) {
    write(websocket_->output());
    websocket_->written(websocket_->output().size());
  }
  socket_->finish();
}

void StreamSocketClient::finish() {
  socket_->finish();
  socket_->flush();
}

void StreamSocketClient::reset() {
  socket_->reset();
  take_end();
}

void StreamSocketClient::close(std::uint16_t code, std::string_view reason) {
  websocket_->close(code, reason);
  send_all();
}

void StreamSocketClient::websocket_ping(Bytes data) {
  websocket_->ping(data);
  send_all();
}

// Waiting
// -----------------------------------------------------------------------------------------------------------

void StreamSocketClient::wait() {
  if (options_.piece_bytes > 0 && queued() > 0) {
    std::this_thread::sleep_for(piece_pause);
    return;
  }
  const bool over = socket_ && socket_->end() != End::none;
  int events = reads_ ? POLLIN : 0;
  if (queued() > 0) events |= POLLOUT;
  pollfd entry{over || !socket_ || events == 0 ? -1 : socket_->descriptor(), static_cast<short>(events), 0};
  ::poll(&entry, 1, static_cast<int>(std::chrono::ceil<milliseconds>(frame).count()));
}

bool StreamSocketClient::run_until(const std::function<bool()>& done, Duration timeout) {
  for (const TimePoint end = now() + timeout; !done();) {
    if (now() >= end) return false;
    turn();
    if (!done()) wait();
  }
  return true;
}

void StreamSocketClient::run_for(Duration duration) {
  run_until([] { return false; }, duration);
}

bool run_together(const std::vector<StreamSocketClient*>& clients, const std::function<bool()>& done,
                  Duration timeout) {
  for (const TimePoint end = std::chrono::steady_clock::now() + timeout; !done();) {
    if (std::chrono::steady_clock::now() >= end) return false;
    for (StreamSocketClient* const client : clients) client->turn();
    ::poll(nullptr, 0, 1);
  }
  return true;
}

// Operations
// --------------------------------------------------------------------------------------------------------

message::Serialization serialization_of(const PhotonStreamClient& client) {
  return client.config().init.protocol == Protocol::v16 ? message::Serialization::v16
                                                        : message::Serialization::v18;
}

bool send(StreamSocketClient& client, Operation code, std::uint32_t argument, Bytes data, bool encrypt,
          std::uint8_t channel, wire::Flags delivery) {
  const auto message = write_operation(serialization_of(client.client()), code, argument, data);
  return client.client().message(client.now(), message[1], Bytes(message).subspan(2), channel, delivery,
                                 encrypt);
}

namespace {

const ClientEvent* answer_of(StreamSocketClient& client, const std::function<bool()>& ask) {
  const std::size_t before = client.client().count(ClientEvent::Kind::response);
  if (!ask()) return nullptr;
  const auto answered = [&] { return client.client().count(ClientEvent::Kind::response) > before; };
  return client.run_until(answered, answer_limit) ? client.client().last(ClientEvent::Kind::response)
                                                  : nullptr;
}

}  // namespace

const ClientEvent* ask(StreamSocketClient& client, Operation code, std::uint32_t argument, Bytes data,
                       bool encrypt, std::uint8_t channel, wire::Flags delivery) {
  return answer_of(client, [&] { return send(client, code, argument, data, encrypt, channel, delivery); });
}

const ClientEvent* ask(StreamSocketClient& client, std::uint8_t code, std::string_view vals) {
  return answer_of(client, [&] { return client.client().request(client.now(), code, vals); });
}

}  // namespace gateway::test
