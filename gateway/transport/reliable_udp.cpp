#include "transport/reliable_udp.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "transport/disconnect_code.h"

namespace gateway::transport {

namespace {

using wire::CommandType;
using Urgency = Acknowledgements::Urgency;

constexpr std::uint32_t verify_connect_number = 1 << 16;  // the door's numbers for VerifyConnect begin here

std::uint16_t peer_mtu(std::uint16_t announced, std::uint16_t mtu_max) {
  const auto least = static_cast<std::uint16_t>(wire::mtu_min);
  return std::clamp(announced, least, std::max(mtu_max, least));
}

}  // namespace

std::unique_ptr<ReliableUdp> ReliableUdp::accepted(const Options& options, BufferPool& pool, Stats& stats,
                                                   const Accepted& peer, TimePoint now) {
  const Identity identity{Role::server,  peer.peer, peer.challenge, peer_mtu(peer.mtu, options.mtu_max),
                          peer.channels, peer.crc};
  return std::unique_ptr<ReliableUdp>(new ReliableUdp(options, pool, stats, identity, now));
}

std::unique_ptr<ReliableUdp> ReliableUdp::connecting(const Options& options, BufferPool& pool, Stats& stats,
                                                     const Connecting& how, TimePoint now) {
  const std::uint16_t mtu = peer_mtu(options.mtu_max, options.mtu_max);
  const Identity identity{Role::client, wire::peer_unassigned, how.challenge, mtu, how.channels, false};
  return std::unique_ptr<ReliableUdp>(new ReliableUdp(options, pool, stats, identity, now));
}

ReliableUdp::ReliableUdp(const Options& options, BufferPool& pool, Stats& stats, const Identity& identity,
                         TimePoint now)
    : options_(options),
      stats_(stats),
      identity_(identity),
      lifecycle_(options_, identity.role, now),
      command_rate_(options.commands_per_second),
      round_trip_(options_),
      acks_(options_),
      in_flight_(options_),
      send_queue_(options_, pool, stats, identity.mtu),
      receive_queue_(options_, pool, stats),
      used_(now) {
  wanted_.connect = identity.role == Role::client;
}

ReliableUdp::~ReliableUdp() = default;

// --- Receiving: accept the datagram, execute its commands, owe acks ---

void ReliableUdp::receive(TimePoint now, Bytes bytes) {
  stats_.datagrams_received.add();
  stats_.bytes_received.add(bytes.size());
  const auto datagram = accept(now, bytes);
  if (!datagram) return;
  quiet_until_ = stirred;
  lifecycle_.heard(now);
  const auto strictness =
      identity_.role == Role::server ? wire::Strictness::strict : wire::Strictness::lenient;
  ByteReader in(datagram->commands);
  for (std::uint8_t i = 0; i < datagram->header.command_count; ++i) {
    const auto command = wire::parse_command(in, strictness);
    if (!command) {
      stats_.drop(Drop::malformed);
      break;
    }
    if (*command) {
      execute(now, datagram->header, **command);
    } else {
      stats_.drop(Drop::unknown_command);
    }
  }
  // As a real server does with a message over its limit.
  if (receive_queue_.oversized()) lifecycle_.close(now, {Cause::overflow, code_server_logic}, Linger::now);
  settle(now);
}

std::optional<wire::Datagram> ReliableUdp::accept(TimePoint now, Bytes bytes) {
  const auto datagram = wire::parse_datagram(bytes);
  if (!datagram && datagram.error() == wire::Error::datagram_encrypted) {
    met_encryption_ = true;
    stats_.drop(Drop::encrypted);
    return std::nullopt;
  }
  if (!datagram || (identity_.crc && !datagram->header.crc)) {
    stats_.drop(Drop::datagram);
    return std::nullopt;
  }
  if (!matches(datagram->header.peer, datagram->header.challenge)) {
    stats_.drop(Drop::foreign);
    return std::nullopt;
  }
  if (lifecycle_.phase() == Phase::closed) {
    stats_.drop(Drop::not_open);
    return std::nullopt;
  }
  if (!command_rate_.take(now, std::max<std::uint32_t>(1, datagram->header.command_count))) {
    stats_.drop(Drop::command_rate);
    return std::nullopt;
  }
  return *datagram;
}

bool ReliableUdp::matches(std::uint16_t peer, std::uint32_t challenge) const {
  return challenge == identity_.challenge && (identity_.role == Role::client || peer == identity_.peer);
}

void ReliableUdp::execute(TimePoint now, const wire::DatagramHeader& header, const wire::Command& command) {
  switch (command.type) {
    case CommandType::ack:
    case CommandType::ack_unsequenced:
      return take_ack(now, header, command);
    case CommandType::verify_connect:
      return take_verify_connect(now, header, command);
    case CommandType::disconnect:
      return take_disconnect(now, header, command);
    case CommandType::ping:
      lifecycle_.pinged();
      return acknowledge(now, header, command, Urgency::may_wait);
    case CommandType::server_time:
      return acknowledge(now, header, command, Urgency::at_once);
    case CommandType::connect:
      return;  // the door answers every copy of it
    case CommandType::send_reliable:
    case CommandType::send_unreliable:
    case CommandType::send_fragment:
    case CommandType::send_unsequenced:
    case CommandType::send_reliable_unsequenced:
    case CommandType::send_fragment_unsequenced:
      return take_data(now, header, command);
  }
}

void ReliableUdp::take_ack(TimePoint now, const wire::DatagramHeader& header, const wire::Command& ack) {
  const FlightKey key{ack.channel, ack.type == CommandType::ack_unsequenced, ack.ack.reliable_seq};
  const auto acked = in_flight_.acknowledge(key, ack.ack.sent_time);
  if (!acked) {
    const bool of_verify_connect =
        key.channel == wire::control_channel && key.number >= verify_connect_number;
    if (!of_verify_connect) stats_.drop(Drop::unknown_ack);
    return;
  }
  lifecycle_.acknowledged(now);
  if (key.channel == wire::control_channel) return take_control_ack(header, *acked, now);
  if (acked->sent) observe_round_trip(now - *acked->sent);
  send_queue_.acknowledged(key.channel, acked->reference, acked->bytes);
}

void ReliableUdp::observe_round_trip(Duration sample) {
  round_trip_.observe(sample);
  if (sample <= RoundTrip::sample_max) stats_.round_trips.observe(sample);
}

void ReliableUdp::take_control_ack(const wire::DatagramHeader& header, const InFlight::Acknowledged& acked,
                                   TimePoint now) {
  const auto type = static_cast<CommandType>(acked.reference);
  if (type == CommandType::disconnect) lifecycle_.farewell_acknowledged();
  if (type == CommandType::ping) lifecycle_.ping_acknowledged();
  if (!acked.sent) return;
  const Duration sample = now - *acked.sent;
  if (type == CommandType::connect) round_trip_.start(sample);
  if (type == CommandType::ping) observe_round_trip(sample);
  if (identity_.role != Role::client || sample > RoundTrip::sample_max) return;
  if (type == CommandType::ping || type == CommandType::server_time)
    clock_sample_ = {*acked.sent, now, header.sent_time};
}

void ReliableUdp::take_verify_connect(TimePoint now, const wire::DatagramHeader& header,
                                      const wire::Command& command) {
  if (identity_.role == Role::server) return stats_.drop(Drop::unknown_command);
  acknowledge(now, header, command, Urgency::at_once);
  if (lifecycle_.phase() != Phase::opening) return;
  identity_.peer = command.connect.peer;
  in_flight_.clear();  // Connect, whose ack may have been lost, is answered
  lifecycle_.verified(now);
}

void ReliableUdp::take_disconnect(TimePoint now, const wire::DatagramHeader& header,
                                  const wire::Command& command) {
  const bool owes_ack = wire::is_reliable(command.flags);
  acknowledge(now, header, command, Urgency::at_once);
  lifecycle_.peer_left(now, command.reserved, owes_ack);
}

void ReliableUdp::take_data(TimePoint now, const wire::DatagramHeader& header, const wire::Command& command) {
  if (command.channel >= identity_.channels) {
    // As clients do: a server that meets no ack would give the whole connection up.
    if (identity_.role == Role::client) acknowledge(now, header, command, Urgency::may_wait);
    return stats_.drop(Drop::channel);
  }
  if (!lifecycle_.takes_data()) return stats_.drop(Drop::not_open);
  const Receipt receipt = receive_queue_.receive(now, command);
  used_ = now;
  released_ = false;
  if (receipt == Receipt::refused) return;
  acknowledge(now, header, command, receipt == Receipt::duplicate ? Urgency::at_once : Urgency::may_wait);
}

void ReliableUdp::acknowledge(TimePoint now, const wire::DatagramHeader& header, const wire::Command& command,
                              Urgency urgency) {
  if (!wire::is_reliable(command.flags)) return;
  const bool unsequenced = wire::is_unsequenced(command.flags);
  const Acknowledgements::Owed owed{command.reliable_seq, header.sent_time, command.channel, unsequenced};
  if (!acks_.add(now, owed, wire::command_bytes(command), urgency)) stats_.drop(Drop::acks);
}

// --- What the session asks for ---

SendStatus ReliableUdp::send(TimePoint now, const Payload& payload) {
  const bool takes = lifecycle_.phase() == Phase::opening || lifecycle_.phase() == Phase::open;
  if (!takes || payload.channel >= identity_.channels) {
    stats_.drop(takes ? Drop::channel : Drop::not_open);
    return SendStatus::dropped;
  }
  quiet_until_ = stirred;
  used_ = now;
  released_ = false;
  return send_queue_.push(now, payload);
}

void ReliableUdp::close(TimePoint now, CloseReason reason, Linger linger) {
  quiet_until_ = stirred;
  lifecycle_.close(now, reason, linger);
  if (linger == Linger::now) receive_queue_.clear();
  settle(now);
}

std::optional<Payload> ReliableUdp::next_payload() {
  return receive_queue_.next();
}
std::size_t ReliableUdp::queued_bytes() const {
  return send_queue_.bytes();
}
std::size_t ReliableUdp::held_bytes() const {
  return receive_queue_.held_bytes();
}
std::size_t ReliableUdp::bookkeeping_bytes() const {
  return receive_queue_.bookkeeping_bytes() + send_queue_.bookkeeping_bytes() +
         in_flight_.bookkeeping_bytes();
}
Phase ReliableUdp::phase() const {
  return lifecycle_.phase();
}
CloseReason ReliableUdp::close_reason() const {
  return lifecycle_.reason();
}
bool ReliableUdp::used_unsequenced() const {
  return receive_queue_.used_unsequenced();
}
std::uint32_t ReliableUdp::last_reliable(std::uint8_t channel) const {
  return send_queue_.last_reliable(channel);
}
bool ReliableUdp::acknowledged(std::uint8_t channel, std::uint32_t number) const {
  return in_flight_.acknowledged({channel, false, number});
}
void ReliableUdp::use_clock(const ServerClock& clock) {
  clock_ = &clock;
}
void ReliableUdp::request_server_time(TimePoint) {
  quiet_until_ = stirred;
  wanted_.server_time = true;
}
std::optional<ClockSample> ReliableUdp::take_clock_sample() {
  return std::exchange(clock_sample_, std::nullopt);
}

// --- Time ---

void ReliableUdp::advance(TimePoint now) {
  if (now < quiet_until_) return;
  quiet_until_ = stirred;
  lifecycle_.advance(now);
  if (!in_flight_.advance(now)) lifecycle_.unanswered(now);
  receive_queue_.advance(now);
  if (wants_ping() && now >= lifecycle_.ping_due()) wanted_.ping = true;
  release_when_idle(now);
  settle(now);
}

TimePoint ReliableUdp::deadline() const {
  if (quiet_until_ != stirred) return quiet_until_;
  if (lifecycle_.phase() == Phase::closed) return never;
  const TimePoint ping = wants_ping() ? lifecycle_.ping_due() : never;
  return std::min(
      {lifecycle_.deadline(), in_flight_.deadline(), acks_.due(), receive_queue_.deadline(), ping});
}

bool ReliableUdp::wants_ping() const {
  return in_flight_.empty() && !wanted_.ping;
}

// After every input: ends a flush that is complete, and once drops what a connection that is over won't send.
void ReliableUdp::settle(TimePoint now) {
  if (send_queue_.bytes() == 0) lifecycle_.flushed(now);
  if (lifecycle_.keeps_data() || queues_dropped_) return;
  queues_dropped_ = true;  // our Disconnect comes into flight later and must stay
  in_flight_.clear();
  send_queue_.clear();
}

void ReliableUdp::release_when_idle(TimePoint now) {
  if (released_ || now - used_ < options_.ping_after) return;
  released_ = true;
  acks_.release();
  in_flight_.release();
  send_queue_.release();
  receive_queue_.release();
}

}  // namespace gateway::transport
