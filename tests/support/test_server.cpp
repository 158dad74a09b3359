#include "support/test_server.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "message/init.h"
#include "message/key_exchange.h"
#include "support/internal_ping.h"
#include "support/test_server_peer.h"
#include "wire/datagram.h"

namespace gateway::test {

using message::Type;
using transport::Delivery;
using transport::Payload;

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
      found->second->datagrams == nullptr ||
      !found->second->datagrams->matches(parsed->header.peer, parsed->header.challenge)) {
    answer_connect(now, from, datagram);
    return;
  }
  found->second->transport->receive(now, datagram);
  read(now, *found->second);
}

void TestServer::read(TimePoint now, Peer& peer) {
  while (!dead_) {
    const std::optional<Payload> payload = peer.transport->next_payload();
    if (!payload) break;
    const std::vector<std::uint8_t> bytes = copy(payload->bytes);
    handle(now, peer, {bytes, payload->channel, payload->delivery, payload->form});
  }
  touch(peer);
}

void TestServer::handle(TimePoint now, Peer& peer, const Payload& payload) {
  if (payload.form == transport::Form::ping) return answer_ping(now, peer, payload);
  const auto envelope = message::parse_envelope(payload.bytes);
  const bool binary = payload.form == transport::Form::message;
  const bool encrypted = binary && envelope && envelope->encrypted;
  if (options_.records) {
    received_.push_back(
        {now, peer.address, payload.channel, payload.delivery, encrypted, copy(payload.bytes), payload.form});
  }
  ++messages_;
  if (options_.stall_after && messages_ > *options_.stall_after) dead_ = true;
  if (dead_) return;
  const bool first = !std::exchange(peer.spoke, true);
  if (!peer.initialized) return greet(now, peer, payload);
  if (peer.messages != nullptr && takes_otherwise(now, peer, payload, first)) return;
  if (peer.stream != nullptr) traffic_[peer.address].received.add(payload.bytes);
  if (!envelope) return;
  if (encrypted && peer.key && envelope->type == Type::request) return operate_sealed(now, peer, payload);
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
    case Type::internal_request:
      return answer_internal(now, peer, payload);
    default:
      return;
  }
}

/// Internal operation 1, the ping of WebSocket clients.
void TestServer::answer_internal(TimePoint now, Peer& peer, const Payload& request) {
  const Protocol protocol = peer.serialization == message::Serialization::v16 ? Protocol::v16 : Protocol::v18;
  const auto clock = read_internal_ping(protocol, request.bytes);
  if (!clock) return;
  answer(now, peer,
         {write_internal_pong(protocol, {*clock, clock_at(now)}), request.channel, request.delivery});
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
  take_key(peer, init.bytes, parsed->serialization);
  respond_to_init(now, peer);
}

void TestServer::respond_to_init(TimePoint now, Peer& peer) {
  if (options_.greeting == Greeting::no_init_response) return;
  if (options_.greeting == Greeting::refuse_init) {
    peer.transport->close(now, {transport::Cause::local, options_.refuse_code}, transport::Linger::flush);
    return;
  }
  const std::array<std::uint8_t, 3> response{message::magic, static_cast<std::uint8_t>(Type::init_response),
                                             0};
  answer(now, peer, {response, 0, Delivery::reliable});
}

void TestServer::answer(TimePoint now, Peer& peer, const Payload& message) {
  if (!seals_ || !peer.key) return pass(now, peer, message);
  const auto sealed = seal(peer, message.bytes);
  pass(now, peer, {sealed, message.channel, message.delivery, message.form});
}

void TestServer::pass(TimePoint now, Peer& peer, const Payload& message) {
  const auto phase = peer.transport->phase();
  if (phase != transport::Phase::opening && phase != transport::Phase::open) return;
  switch (peer.transport->send(now, message)) {
    case transport::SendStatus::queued:
      if (peer.stream != nullptr && message.form != transport::Form::ping) {
        traffic_[peer.address].sent.add(message.bytes);
      }
      if (options_.records && message.form != transport::Form::ping) {
        sent_.push_back(
            {now, peer.address, message.channel, message.delivery, false, copy(message.bytes), message.form});
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

void TestServer::disconnect(TimePoint now, const Address& address, std::uint16_t code) {
  const auto found = peers_.find(address);
  if (found == peers_.end()) return;
  found->second->transport->close(now, {transport::Cause::local, code}, transport::Linger::flush);
  touch(*found->second);
}

void TestServer::disconnect_all(TimePoint now, std::uint16_t code) {
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
  if (peer.stream != nullptr) return;  // whoever drives streams asks every one
  if (std::exchange(peer.touched, true)) return;
  touched_.push_back(peer.address);
}

void TestServer::forget_if_closed(TimePoint now, const Peer& peer) {
  if (peer.transport->phase() != transport::Phase::closed) return;
  const Address address = peer.address;
  ended_.push_back({now, address, peer.transport->close_reason()});
  if (peer.stream != nullptr) stream_ends_[address] = peer.transport->close_reason();
  peers_.erase(address);
}

}  // namespace gateway::test
