#include "support/test_server.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "message/init.h"
#include "message/key_exchange.h"
#include "message/value.h"
#include "wire/command.h"
#include "wire/datagram.h"

namespace gateway::test {

using message::Serialization;
using message::Type;
using transport::Delivery;
using transport::Payload;

struct TestServer::Peer {
  Address address;
  std::unique_ptr<transport::ReliableUdp> transport;
  bool initialized = false;
  bool touched = false;
  Serialization serialization = Serialization::v16;
  std::optional<std::vector<std::uint8_t>> room;  // typed value of the room's name
};

namespace {

constexpr std::uint8_t room_parameter = 255;
constexpr std::size_t door_reply_bytes = 128;

std::vector<std::uint8_t> copy(Bytes bytes) {
  return {bytes.begin(), bytes.end()};
}

/// A request's parameters, byte for byte, as a successful response.
std::vector<std::uint8_t> echo_of(Bytes request, Serialization serialization) {
  std::vector<std::uint8_t> out = write_message(serialization, Type::response, code_of(request), {});
  out.resize(6);  // without the empty parameters: envelope, code, return code, null
  out.insert(out.end(), request.begin() + 3, request.end());
  return out;
}

/// A response whose whole message has `size` bytes; a size that no length encoding gives is missed by one.
std::vector<std::uint8_t> response_of(std::size_t size, std::uint8_t code, Serialization serialization) {
  std::vector<std::uint8_t> data(size);
  for (std::size_t i = 0; i < size; ++i) data[i] = static_cast<std::uint8_t>(i * 7 + (i >> 8));
  std::vector<std::uint8_t> out;
  for (std::size_t length = size; length > 0; length -= std::min(length, out.size() - size)) {
    out = write_message(serialization, Type::response, code,
                        {{argument_parameter, byte_array_value(serialization, Bytes(data).first(length))}});
    if (out.size() <= size) break;
  }
  return out;
}

}  // namespace

TestServer::TestServer(const TestServerOptions& options, std::uint64_t seed)
    : options_(options), random_(seed), door_(session::DoorOptions{}, random_, door_stats_), out_(4096) {}

TestServer::~TestServer() = default;

// Input
// ---------------------------------------------------------------------------------------------------------------

void TestServer::receive(TimePoint now, const Address& from, Bytes datagram) {
  if (dead_ || options_.greeting == Greeting::silent) return;
  show_clock(now);
  const auto found = peers_.find(from);
  const auto parsed = wire::parse_datagram(datagram);
  if (found == peers_.end() || session::Door::wants(datagram) || !parsed ||
      !found->second->transport->matches(parsed->header.peer, parsed->header.challenge)) {
    answer_connect(now, from, datagram);
    return;
  }
  found->second->transport->receive(now, datagram);
  read(now, *found->second);
}

void TestServer::answer_connect(TimePoint now, const Address& from, Bytes datagram) {
  if (options_.greeting == Greeting::refuse_connect) return refuse_connect(now, from, datagram);
  std::array<std::uint8_t, door_reply_bytes> reply{};
  const session::DoorAnswer answer = door_.receive(now, from, datagram, false, reply);
  if (answer.reply_bytes > 0) replies_.emplace_back(from, copy(Bytes(reply).first(answer.reply_bytes)));
  if (!answer.proven) return;
  open(now, from, *answer.proven);
  Peer& peer = *peers_.at(from);
  peer.transport->receive(now, datagram);
  read(now, peer);
}

/// Ack and Disconnect together, as a server that takes nobody answers Connect.
void TestServer::refuse_connect(TimePoint now, const Address& from, Bytes datagram) {
  const auto parsed = wire::parse_datagram(datagram);
  if (!parsed) return;
  ByteReader in(parsed->commands);
  const auto connect = wire::parse_command(in, wire::Strictness::lenient);
  if (!connect || !*connect || (*connect)->type != wire::CommandType::connect) return;

  std::array<std::uint8_t, door_reply_bytes> reply{};
  wire::DatagramHeader header;
  header.crc = parsed->header.crc;
  header.sent_time = clock_at(now);
  header.challenge = parsed->header.challenge;
  wire::DatagramWriter out(reply, header);
  wire::Command ack;
  ack.type = wire::CommandType::ack;
  ack.flags = wire::Flags::unreliable;
  ack.ack = {(*connect)->reliable_seq, parsed->header.sent_time};
  wire::Command disconnect;
  disconnect.type = wire::CommandType::disconnect;
  disconnect.reserved = options_.refuse_code;
  disconnect.reliable_seq = 1;
  for (const wire::Command& command : {ack, disconnect}) {
    wire::write_command(out.commands(), command);
    out.count_command();
  }
  replies_.emplace_back(from, copy(Bytes(reply).first(out.finish())));
}

void TestServer::open(TimePoint now, const Address& from, const transport::Accepted& accepted) {
  if (const auto old = peers_.find(from); old != peers_.end()) {
    ended_.push_back({now, from, {transport::Cause::peer, 0}});
    peers_.erase(old);
  }
  auto peer = std::make_unique<Peer>();
  peer->address = from;
  peer->transport = transport::ReliableUdp::accepted(options_.transport, buffers_, stats_, accepted, now);
  peer->transport->use_clock(clock_);
  peers_.emplace(from, std::move(peer));
}

void TestServer::read(TimePoint now, Peer& peer) {
  while (!dead_) {
    const std::optional<Payload> payload = peer.transport->next_payload();
    if (!payload) break;
    const std::vector<std::uint8_t> bytes = copy(payload->bytes);
    handle(now, peer, {bytes, payload->channel, payload->delivery});
  }
  touch(peer);
}

void TestServer::handle(TimePoint now, Peer& peer, const Payload& payload) {
  const auto envelope = message::parse_envelope(payload.bytes);
  const bool encrypted = envelope && envelope->encrypted;
  if (options_.records) {
    received_.push_back(
        {now, peer.address, payload.channel, payload.delivery, encrypted, copy(payload.bytes)});
  }
  ++messages_;
  if (options_.stall_after && messages_ > *options_.stall_after) dead_ = true;
  if (dead_) return;
  if (!peer.initialized) return greet(now, peer, payload);
  if (!envelope) return;
  if (encrypted) {
    violations_.push_back("an encrypted message of type " + std::to_string(static_cast<int>(envelope->type)));
    return;
  }
  if (message::is_key_exchange(*envelope)) {
    violations_.push_back("a key exchange");
    return;
  }
  switch (envelope->type) {
    case Type::request:
      return operate(now, peer, payload);
    case Type::message:
    case Type::raw:
      return answer(now, peer, payload);
    default:
      return;
  }
}

void TestServer::greet(TimePoint now, Peer& peer, const Payload& init) {
  const auto parsed = message::parse_init(init.bytes);
  if (!parsed) {
    violations_.push_back("a first message that is no Init");
    peer.transport->close(now, {transport::Cause::local, 1}, transport::Linger::now);
    return;
  }
  peer.initialized = true;
  peer.serialization = parsed->serialization;
  if (options_.greeting == Greeting::no_init_response) return;
  if (options_.greeting == Greeting::refuse_init) {
    peer.transport->close(now, {transport::Cause::local, options_.refuse_code}, transport::Linger::flush);
    return;
  }
  const std::array<std::uint8_t, 3> response{message::magic, static_cast<std::uint8_t>(Type::init_response),
                                             0};
  answer(now, peer, {response, 0, Delivery::reliable});
}

// Operations
// ----------------------------------------------------------------------------------------------------------

void TestServer::operate(TimePoint now, Peer& peer, const Payload& request) {
  if (request.bytes.size() < 3) return;
  const auto argument = read_argument(peer.serialization, request.bytes);
  const std::uint32_t number = argument ? argument->number : 0;
  const auto reply = [&](std::uint8_t channel, Delivery delivery) {
    answer(now, peer, {echo_of(request.bytes, peer.serialization), channel, delivery});
  };
  switch (static_cast<Operation>(code_of(request.bytes))) {
    case Operation::echo_late:
      late_.push_back({now + milliseconds(number), peer.address, request.channel, request.delivery,
                       echo_of(request.bytes, peer.serialization)});
      return;
    case Operation::echo_twice:
      reply(request.channel, request.delivery);
      return reply(request.channel, request.delivery);
    case Operation::silent:
      return;
    case Operation::echo_on_channel:
      return reply(static_cast<std::uint8_t>(number), request.delivery);
    case Operation::echo_unreliable:
      return reply(request.channel, Delivery::unreliable);
    case Operation::big:
      return answer(now, peer,
                    {response_of(number, code_of(request.bytes), peer.serialization), request.channel,
                     Delivery::reliable});
    case Operation::unasked: {
      std::vector<std::uint8_t> response = echo_of(request.bytes, peer.serialization);
      response[2] = static_cast<std::uint8_t>(number);
      return answer(now, peer, {response, request.channel, request.delivery});
    }
    case Operation::kick:
      return disconnect(now, peer.address, static_cast<std::uint8_t>(number));
    case Operation::join:
      return join(now, peer, request);
    case Operation::set_properties:
    case Operation::raise_event:
      return raise(now, peer, request);
    case Operation::echo:
      break;
  }
  reply(request.channel, request.delivery);
}

void TestServer::join(TimePoint now, Peer& peer, const Payload& request) {
  const auto room = message::find_parameter(request.bytes.subspan(2), peer.serialization, room_parameter);
  peer.room = room ? copy(*room) : std::vector<std::uint8_t>{};
  answer(now, peer, {echo_of(request.bytes, peer.serialization), request.channel, request.delivery});
  for (const auto& [address, other] : peers_) {
    if (other->room != peer.room) continue;
    answer(now, *other,
           {write_message(other->serialization, Type::event, join_event, {}), request.channel,
            Delivery::reliable});
  }
}

/// The event of a RaiseEvent goes to the others in the room, that of a SetProperties to the raiser too.
void TestServer::raise(TimePoint now, Peer& peer, const Payload& request) {
  if (!peer.room) return;
  const bool properties = code_of(request.bytes) == static_cast<std::uint8_t>(Operation::set_properties);
  const auto parameter = [&](std::uint8_t key) {
    return message::find_parameter(request.bytes.subspan(2), peer.serialization, key);
  };
  std::uint8_t code = properties_event;
  if (!properties) {
    const auto value = parameter(event_code_parameter);
    const auto byte =
        value ? message::as_byte(*value, peer.serialization) : message::Result<std::uint8_t>(std::uint8_t{0});
    code = byte ? *byte : std::uint8_t{0};
  }
  std::vector<std::uint8_t> data;
  const auto value = parameter(event_data_parameter);
  const auto bytes =
      value ? message::as_byte_array(*value, peer.serialization) : message::Result<Bytes>(Bytes{});
  if (bytes) data = copy(*bytes);

  for (const auto& [address, other] : peers_) {
    if (other->room != peer.room || (other.get() == &peer && !properties)) continue;
    answer(now, *other,
           {write_message(other->serialization, Type::event, code,
                          {{event_data_parameter, byte_array_value(other->serialization, data)}}),
            request.channel, request.delivery});
  }
}

void TestServer::answer(TimePoint now, Peer& peer, const Payload& message) {
  const auto phase = peer.transport->phase();
  if (phase != transport::Phase::opening && phase != transport::Phase::open) return;
  switch (peer.transport->send(now, message)) {
    case transport::SendStatus::queued:
      if (options_.records) {
        sent_.push_back({now, peer.address, message.channel, message.delivery, false, copy(message.bytes)});
      }
      break;
    case transport::SendStatus::dropped:
      break;
    case transport::SendStatus::overflow:  // the real server's own limit
      peer.transport->close(now, {transport::Cause::overflow, 4}, transport::Linger::now);
      break;
  }
  touch(peer);
}

bool TestServer::send(TimePoint now, const Address& to, const Payload& message) {
  const auto found = peers_.find(to);
  if (found == peers_.end()) return false;
  answer(now, *found->second, message);
  return true;
}

void TestServer::disconnect(TimePoint now, const Address& address, std::uint8_t code) {
  const auto found = peers_.find(address);
  if (found == peers_.end()) return;
  found->second->transport->close(now, {transport::Cause::local, code}, transport::Linger::flush);
  touch(*found->second);
}

void TestServer::disconnect_all(TimePoint now, std::uint8_t code) {
  for (const Address& address : peers()) disconnect(now, address, code);
}

std::vector<Address> TestServer::peers() const {
  std::vector<Address> addresses;
  for (const auto& [address, peer] : peers_) addresses.push_back(address);
  return addresses;
}

// Time and output
// -----------------------------------------------------------------------------------------------------

std::uint32_t TestServer::clock_at(TimePoint now) const {
  const double elapsed_ms =
      epoch_ == TimePoint{} ? 0 : std::chrono::duration<double, std::milli>(now - epoch_).count();
  const auto drift = static_cast<std::int64_t>(std::floor(elapsed_ms * options_.clock_drift_ppm / 1e6));
  return wire_milliseconds(now) + static_cast<std::uint32_t>(options_.clock_offset_ms + drift);
}

/// A fresh estimate of one perfect sample shows exactly the clock that is wanted.
void TestServer::show_clock(TimePoint now) {
  if (epoch_ == TimePoint{}) epoch_ = now;
  clock_ = transport::ServerClock{};
  clock_.observe({now, now, clock_at(now)});
}

void TestServer::advance(TimePoint now) {
  if (dead_) return;
  show_clock(now);
  const auto due =
      std::stable_partition(late_.begin(), late_.end(), [&](const Late& late) { return late.due > now; });
  const std::vector<Late> answers(due, late_.end());
  late_.erase(due, late_.end());
  for (const Late& late : answers) send(now, late.peer, {late.bytes, late.channel, late.delivery});
  for (const auto& [address, peer] : peers_) {
    if (peer->transport->deadline() > now) continue;
    peer->transport->advance(now);
    read(now, *peer);
  }
}

TimePoint TestServer::deadline() const {
  TimePoint earliest = never;
  if (dead_) return earliest;
  for (const Late& late : late_) earliest = std::min(earliest, late.due);
  for (const auto& [address, peer] : peers_) earliest = std::min(earliest, peer->transport->deadline());
  return earliest;
}

std::optional<TestServer::Output> TestServer::next_output(TimePoint now) {
  if (dead_) return std::nullopt;
  show_clock(now);
  if (!replies_.empty()) {
    auto [to, bytes] = std::move(replies_.front());
    replies_.pop_front();
    std::copy(bytes.begin(), bytes.end(), out_.begin());
    return Output{to, Bytes(out_).first(bytes.size())};
  }
  while (!touched_.empty()) {
    const Address address = touched_.front();
    const auto found = peers_.find(address);
    if (found != peers_.end()) {
      const std::size_t written = found->second->transport->next_output(now, out_);
      if (written > 0) return Output{address, Bytes(out_).first(written)};
      found->second->touched = false;
      forget_if_closed(now, *found->second);
    }
    touched_.pop_front();
  }
  return std::nullopt;
}

void TestServer::touch(Peer& peer) {
  if (std::exchange(peer.touched, true)) return;
  touched_.push_back(peer.address);
}

void TestServer::forget_if_closed(TimePoint now, const Peer& peer) {
  if (peer.transport->phase() != transport::Phase::closed) return;
  const Address address = peer.address;
  ended_.push_back({now, address, peer.transport->close_reason()});
  peers_.erase(address);
}

}  // namespace gateway::test
