#include "benchmark/udp_load.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <utility>

#include "benchmark/echo.h"
#include "crypto/cipher.h"
#include "message/envelope.h"
#include "support/loopback.h"
#include "support/photon_generation.h"
#include "support/photon_message.h"
#include "support/test_operations.h"

namespace gateway::test {

namespace {

constexpr Duration frame = milliseconds(10);
constexpr Duration limit = seconds(20);   // until something must have happened
constexpr std::size_t entering_max = 16;  // at once
constexpr std::size_t events_max = 256;   // a turn
constexpr std::uint8_t request_type = 2;
constexpr std::uint8_t response_type = 3;

TimePoint clock_now() {
  return std::chrono::steady_clock::now();
}

transport::Options client_options() {
  transport::Options options;
  options.ack_delay = frame;
  options.resend_min = options.resend_first_max = ends_resend_after;
  options.in_transit_max = std::size_t{1} << 20;  // the load's window is what bounds it
  options.commands_per_second = 0;
  return options;
}

std::vector<std::uint8_t> with_type(std::uint8_t type, Bytes body) {
  std::vector<std::uint8_t> message(message::envelope_bytes + body.size());
  message[0] = message::magic;
  message[1] = type;
  std::copy(body.begin(), body.end(), message.begin() + message::envelope_bytes);
  return message;
}

}  // namespace

UdpLoad::UdpLoad(const UdpTarget& target, std::size_t sessions, std::size_t bytes)
    : sealing_(target.sealing),
      operation_(
          write_operation(message::Serialization::v16, Operation::echo, 0, std::vector<std::uint8_t>(bytes))),
      secret_(20, 0x5A),
      response_type_(target.sealing == Sealing::none ? response_type
                                                     : response_type | message::encrypted_bit),
      options_(client_options()),
      input_(socket_stats_),
      output_(socket_stats_),
      timers_(clock_now()),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (sealing_ == Sealing::exchanged)
    key_request_ = write_key_request(Protocol::v16, PhotonCrypto(secret_).public_key());
  sessions_.reserve(sessions);
  enter_all(target, sessions);
}

UdpLoad::~UdpLoad() = default;

// --- Coming in

void UdpLoad::enter_all(const UdpTarget& target, std::size_t sessions) {
  TimePoint end = clock_now() + limit;
  while (entered_ < sessions) {
    const std::size_t before = entered_;
    while (sessions_.size() < sessions && sessions_.size() < entered_ + entering_max) {
      open(target, static_cast<std::uint32_t>(sessions_.size()));
    }
    flush();
    take(frame);
    if (entered_ > before) end = clock_now() + limit;
    if (clock_now() > end) throw std::runtime_error("a client doesn't get in");
  }
  flush();
}

void UdpLoad::open(const UdpTarget& target, std::uint32_t number) {
  Session& session = sessions_.emplace_back();
  session.socket = net::Descriptor(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const sockaddr_in address = loopback(target.port);
  if (::connect(session.socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("a client can't open its socket");
  }
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u32 = number;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, session.socket.get(), &event);
  session.transport = transport::ReliableUdp::connecting(options_, buffers_, stats_,
                                                         {.challenge = 0x1000 + number}, clock_now());
  send(session, write_init(generation_4_1_8, {}));
}

/// A message while the session isn't in: InitResponse, and where keys are exchanged the server's.
void UdpLoad::enter(Session& session, Bytes message) {
  if (message.size() < message::envelope_bytes) throw std::runtime_error("an answer without a type");
  const auto type = static_cast<message::Type>(message[1]);
  if (sealing_ == Sealing::exchanged && type == message::Type::init_response)
    return send(session, key_request_);
  const Bytes body = Bytes(operation_).subspan(message::envelope_bytes);
  if (sealing_ == Sealing::none) {
    session.request = operation_;
  } else if (sealing_ == Sealing::blind) {
    const std::vector<std::uint8_t> sealed(crypto::sealed_size(body.size()), 0xC5);
    session.request = with_type(request_type | message::encrypted_bit, sealed);
  } else {
    const auto head = read_response(Protocol::v16, message.subspan(message::envelope_bytes));
    const auto server_key = head ? read_server_key(Protocol::v16, head->parameters) : std::nullopt;
    if (!server_key)
      throw std::runtime_error("client " + std::to_string(entered_) +
                               " gets no key: " + (head ? head->debug : "no response to that"));
    PhotonCrypto crypto(secret_);
    crypto.derive(*server_key);
    session.request = with_type(request_type | message::encrypted_bit, crypto.seal(body));
  }
  ++entered_;
}

// --- Playing

void UdpLoad::run(std::size_t operations, std::size_t window) {
  const std::size_t before = answered_;
  TimePoint end = clock_now() + limit;
  std::size_t sent = 0;
  for (std::size_t done = 0;; done = answered_ - before) {
    for (; sent < operations && sent < done + window; ++sent) {
      Session& session = next_session();
      send(session, session.request);
    }
    flush();
    if (done >= operations) return;
    take(frame);
    if (answered_ - before > done) end = clock_now() + limit;
    if (clock_now() > end) throw std::runtime_error("no answer");
  }
}

std::vector<Duration> UdpLoad::run_open_loop(std::size_t operations, Duration interval) {
  took_.clear();
  const TimePoint begin = clock_now();
  const auto due = [&](std::size_t number) { return begin + interval * static_cast<std::int64_t>(number); };
  for (std::size_t sent = 0; took_.size() < operations;) {
    if (sent < operations && due(sent) <= clock_now()) {
      Session& session = next_session();
      session.asked.push_back(clock_now());
      send(session, session.request);
      ++sent;
    }
    flush();
    take(sent < operations ? due(sent) - clock_now() : frame);
    if (clock_now() > due(operations) + limit) throw std::runtime_error("no answer");
  }
  return std::exchange(took_, {});
}

void UdpLoad::idle(Duration duration) {
  for (const TimePoint end = clock_now() + duration; clock_now() < end;) {
    take(end - clock_now());
    flush();
  }
}

void UdpLoad::handle(Session& session, Bytes message) {
  if (session.request.empty()) return enter(session, message);
  if (message.size() < message::envelope_bytes || message[1] != response_type_) {
    throw std::runtime_error("another answer than was asked for");
  }
  ++answered_;
  if (session.asked.empty()) return;
  took_.push_back(clock_now() - session.asked.front());
  session.asked.pop_front();
}

void UdpLoad::send(Session& session, Bytes message) {
  if (session.transport->send(clock_now(), {.bytes = message}) != transport::SendStatus::queued) {
    throw std::runtime_error("a client can't send");
  }
  touch(session);
}

UdpLoad::Session& UdpLoad::next_session() {
  Session& session = sessions_[next_];
  next_ = (next_ + 1) % sessions_.size();
  return session;
}

// --- One turn of the loop

/// Waits for at most `wait` and takes what came.
void UdpLoad::take(Duration wait) {
  std::array<epoll_event, events_max> events;
  const TimePoint next = timers_.next();
  if (next != never) wait = std::min<Duration>(wait, next - clock_now());
  const auto nanoseconds = std::chrono::nanoseconds(std::max<Duration>(wait, Duration{})).count();
  const timespec timeout{static_cast<time_t>(nanoseconds / 1'000'000'000),
                         static_cast<long>(nanoseconds % 1'000'000'000)};
  const int count = ::epoll_pwait2(epoll_.get(), events.data(), events_max, &timeout, nullptr);
  const TimePoint now = clock_now();
  for (int i = 0; i < count; ++i) receive(now, sessions_[events[static_cast<std::size_t>(i)].data.u32]);
  fire(now);
}

void UdpLoad::receive(TimePoint now, Session& session) {
  if (input_.receive(session.socket.get(), true) != 0) throw std::runtime_error("nobody listens to a client");
  for (std::size_t i = 0; i < input_.size(); ++i) {
    if (const auto datagram = input_[i]) session.transport->receive(now, datagram->bytes);
    while (const auto payload = session.transport->next_payload()) handle(session, payload->bytes);
  }
  check_open(session);
  touch(session);
}

void UdpLoad::check_open(const Session& session) {
  if (session.transport->phase() <= transport::Phase::open) return;
  const transport::CloseReason reason = session.transport->close_reason();
  throw std::runtime_error("a session ended, cause " + std::to_string(static_cast<int>(reason.cause)) +
                           ", code " + std::to_string(reason.code));
}

void UdpLoad::touch(Session& session) {
  if (!std::exchange(session.touched, true)) touched_.push_back(index(session));
}

void UdpLoad::fire(TimePoint now) {
  due_.clear();
  timers_.advance(now, due_);
  for (const auto key : due_) {
    sessions_[key].transport->advance(now);
    check_open(sessions_[key]);
    touch(sessions_[key]);
  }
}

/// Sends what there is to say.
void UdpLoad::flush() {
  const TimePoint now = clock_now();
  for (const std::uint32_t key : touched_) {
    Session& session = sessions_[key];
    session.touched = false;
    output_.begin(session.socket.get());
    while (const std::size_t size = session.transport->next_output(now, output_.room())) output_.add(size);
    output_.flush();
    timers_.set(key, session.transport->deadline());
  }
  touched_.clear();
}

}  // namespace gateway::test
