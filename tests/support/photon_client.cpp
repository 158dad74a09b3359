#include "support/photon_client.h"

#include <algorithm>
#include <utility>

namespace gateway::test {

namespace {

using wire::CommandType;
using wire::Flags;
using Status = ClientEvent::Status;

constexpr std::size_t secret_bytes = 20;
constexpr std::uint8_t reserved_client_timeout = 2;
constexpr std::uint8_t commands_max = 100;  // more make the library log errors

bool is_data(CommandType type) {
  switch (type) {
    case CommandType::send_reliable:
    case CommandType::send_unreliable:
    case CommandType::send_fragment:
    case CommandType::send_unsequenced:
    case CommandType::send_reliable_unsequenced:
    case CommandType::send_fragment_unsequenced:
      return true;
    default:
      return false;
  }
}

bool is_ack(CommandType type) {
  return type == CommandType::ack || type == CommandType::ack_unsequenced;
}

/// The flags a server must put on a command of this type; empty for types that only clients send.
std::optional<Flags> flags_of(CommandType type) {
  switch (type) {
    case CommandType::ack:
    case CommandType::ack_unsequenced:
    case CommandType::send_unreliable:
      return Flags::unreliable;
    case CommandType::verify_connect:
    case CommandType::disconnect:
    case CommandType::ping:
    case CommandType::send_reliable:
    case CommandType::send_fragment:
      return Flags::reliable;
    case CommandType::send_unsequenced:
      return Flags::unsequenced;
    case CommandType::send_reliable_unsequenced:
    case CommandType::send_fragment_unsequenced:
      return Flags::reliable_unsequenced;
    case CommandType::connect:
    case CommandType::server_time:
      return std::nullopt;
  }
  return std::nullopt;
}

std::string numbered(const std::string& text, std::size_t number) {
  return text + " " + std::to_string(number);
}

}  // namespace

PhotonClient::PhotonClient(const Generation& generation, Config config)
    : generation_(generation),
      config_(std::move(config)),
      random_(config_.seed),
      application_(generation, config_.init.protocol, violations_) {
  sender_.emplace(generation_, PhotonSender::Setup{}, violations_);
  receiver_.emplace(generation_, config_.channels, violations_);
}

Milliseconds PhotonClient::clock(TimePoint now) const {
  const auto elapsed = std::chrono::floor<milliseconds>(now - connected_at_).count();
  return static_cast<Milliseconds>(config_.clock_start + static_cast<std::uint32_t>(elapsed));
}

std::vector<std::uint8_t> PhotonClient::random_bytes(std::size_t count) {
  std::vector<std::uint8_t> bytes(count);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random_());
  return bytes;
}

void PhotonClient::connect(TimePoint now) {
  connected_at_ = now;
  challenge_ = config_.challenge.value_or(static_cast<std::uint32_t>(random_() % 0x7FFF'FFFF));
  peer_ = config_.tracing ? wire::peer_tracing : wire::peer_unassigned;
  sender_.emplace(generation_,
                  PhotonSender::Setup{config_.channels, config_.mtu, config_.crc, config_.last_group},
                  violations_);
  receiver_.emplace(generation_, config_.channels, violations_);
  received_.clear();
  last_datagram_.reset();
  application_.start(config_.init.key);
  time_offset_.reset();
  init_sent_ = false;
  state_ = State::connecting;
  sender_->start(clock(now));
  sender_->queue_control(CommandType::connect);
}

// ---- The network thread

void PhotonClient::receive(TimePoint now, Bytes bytes) {
  if (state_ == State::disconnected) return;
  if (bytes.size() > config_.mtu) return violate(numbered("datagram longer than the MTU:", bytes.size()));
  const auto datagram = wire::parse_datagram(bytes);
  if (config_.corruption && !datagram && datagram.error() == wire::Error::datagram_crc) return;
  if (!datagram) return violate("unreadable datagram: " + std::string(wire::name(datagram.error())));
  if (datagram->header.challenge != challenge_) return violate("datagram with another challenge");
  if (datagram->header.crc != config_.crc)
    violate(config_.crc ? "datagram without CRC" : "CRC nobody asked for");
  server_sent_time_ = datagram->header.sent_time;
  parse_commands(clock(now), *datagram);
}

void PhotonClient::parse_commands(Milliseconds now, const wire::Datagram& datagram) {
  const std::uint8_t count = datagram.header.command_count;
  if (count == 0 || count > commands_max) violate(numbered("datagram with a command count of", count));
  ByteReader in(datagram.commands);
  for (std::uint8_t i = 0; i < count; ++i) {
    const auto command = wire::parse_command(in, wire::Strictness::strict);
    if (!command) return violate("unreadable command: " + std::string(wire::name(command.error())));
    if (!*command) {
      violate("command of an unknown type");
      continue;
    }
    take_command(now, datagram.header, **command);
  }
  if (in.remaining() > 0) violate("bytes behind the last command");
}

void PhotonClient::take_command(Milliseconds now, const wire::DatagramHeader& header,
                                const wire::Command& command) {
  if (!well_formed(command)) return;
  if (is_ack(command.type)) return acknowledged(now, command);
  if (command.type == CommandType::verify_connect && peer_ >= wire::peer_tracing)
    peer_ = command.connect.peer;
  if (wire::is_reliable(command.flags)) sender_->queue_ack(command, header.sent_time);
  OwnedCommand owned{command, {command.payload.begin(), command.payload.end()}, header.sent_time};
  received_.push_back(std::move(owned));
}

/// What every client of this generation can take. What can't be taken is dropped after being recorded.
bool PhotonClient::well_formed(const wire::Command& command) {
  const auto type = static_cast<std::size_t>(command.type);
  const auto flags = flags_of(command.type);
  if (!flags || *flags != command.flags) {
    violate(numbered("wrong direction or flags in a command of type", type));
    return false;
  }
  if (command.type == CommandType::ack_unsequenced && !generation_.unsequenced) {
    violate("unsequenced ack to a client that doesn't know it");
    return false;
  }
  const bool control = command.channel == wire::control_channel;
  const bool fits = is_ack(command.type)    ? control || command.channel < config_.channels
                    : is_data(command.type) ? command.channel < config_.channels
                                            : control;
  if (!fits) violate(numbered("command on channel", command.channel));
  if (is_data(command.type) && !init_sent_) violate("data before Init left");
  return fits;
}

void PhotonClient::acknowledged(Milliseconds now, const wire::Command& command) {
  const auto acked = sender_->acknowledge(now, command);
  if (acked.known && acked.type == CommandType::server_time) finish_time_fetch(now, acked.round_trip);
}

void PhotonClient::finish_time_fetch(Milliseconds now, Milliseconds round_trip) {
  if (round_trip > sender_->round_trip()) {
    ++time_fetches_;
    return sender_->queue_control(CommandType::server_time);
  }
  time_offset_ =
      server_sent_time_ + static_cast<std::uint32_t>(round_trip >> 1) - static_cast<std::uint32_t>(now);
}

void PhotonClient::network_error(TimePoint now) {
  if (state_ != State::disconnected) end(now, Status::network_error, 0);
}

// ---- The game loop

void PhotonClient::dispatch(TimePoint now) {
  while (!received_.empty() && state_ != State::disconnected) {
    OwnedCommand owned = std::move(received_.front());
    received_.pop_front();
    execute(now, std::move(owned));
  }
  while (state_ == State::connected) {
    const auto message = receiver_->next();
    if (!message) return;
    const bool in = application_.receive({now, message->channel, message->delivery, message->bytes});
    if (in) fetch_server_time(now);
  }
}

void PhotonClient::execute(TimePoint now, OwnedCommand owned) {
  switch (owned.command.type) {
    case CommandType::verify_connect:
      return verify_connect();
    case CommandType::disconnect:
      return disconnected_by_server(now, owned.command.reserved);
    case CommandType::ping:
      return;
    default:
      break;
  }
  if (state_ != State::connected) return violate("data in a state where it is acknowledged and thrown away");
  receiver_->store(std::move(owned));
}

void PhotonClient::verify_connect() {
  if (state_ != State::connecting) return;
  const auto init = write_init(generation_, config_.init);
  sender_->queue_message(0, Flags::reliable, init);
  state_ = State::connected;
}

void PhotonClient::disconnected_by_server(TimePoint now, std::uint8_t reason) {
  const Flags flags = state_ == State::connected ? Flags::reliable : Flags::unsequenced;
  last_datagram_ = sender_->last_datagram(clock(now), peer_, challenge_, flags, wire::reserved_default);
  end(now, Status::by_server, reason);
}

void PhotonClient::end(TimePoint now, Status status, std::uint8_t reason) {
  state_ = State::disconnected;
  received_.clear();
  application_.end(now, status, reason);
}

// ---- Sending

std::optional<std::vector<std::uint8_t>> PhotonClient::send_outgoing(TimePoint now) {
  return send(now, PhotonSender::Call::everything);
}

std::optional<std::vector<std::uint8_t>> PhotonClient::send_acks_only(TimePoint now) {
  return send(now, PhotonSender::Call::acks_only);
}

std::optional<std::vector<std::uint8_t>> PhotonClient::send(TimePoint now, PhotonSender::Call call) {
  if (last_datagram_) return std::exchange(last_datagram_, std::nullopt);
  if (state_ == State::disconnected) return std::nullopt;
  auto datagram = sender_->send(clock(now), peer_, challenge_, call, state_ == State::connected);
  if (sender_->timed_out()) {
    end(now, Status::timeout, 0);
    return sender_->last_datagram(clock(now), peer_, challenge_, Flags::unsequenced, reserved_client_timeout);
  }
  if (datagram && state_ == State::connected && call == PhotonSender::Call::everything) init_sent_ = true;
  return datagram;
}

bool PhotonClient::exchange_keys(TimePoint now) {
  if (state_ != State::connected) return false;
  return raw_bytes(now, application_.begin_exchange(random_bytes(secret_bytes)));
}

bool PhotonClient::operation(TimePoint now, const Operation& operation) {
  return message(now, 2, application_.operation_body(operation.code, operation.parameters), operation.channel,
                 operation.delivery, operation.encrypt);
}

bool PhotonClient::message(TimePoint now, std::uint8_t type, Bytes body, std::uint8_t channel, Flags delivery,
                           bool encrypt) {
  const auto bytes = application_.write(type, body, encrypt);
  return bytes && raw_bytes(now, *bytes, channel, delivery);
}

bool PhotonClient::raw_bytes(TimePoint, Bytes bytes, std::uint8_t channel, Flags delivery) {
  if (state_ != State::connected || channel >= config_.channels) return false;
  if (wire::is_unsequenced(delivery) && !generation_.unsequenced) return false;
  sender_->queue_message(channel, delivery, bytes);
  return true;
}

void PhotonClient::fetch_server_time(TimePoint) {
  if (state_ != State::connected) return;
  ++time_fetches_;
  sender_->queue_control(CommandType::server_time);
}

void PhotonClient::disconnect(TimePoint now) {
  if (state_ == State::disconnected) return;
  const Flags flags = state_ == State::connected ? Flags::reliable : Flags::unsequenced;
  last_datagram_ = sender_->last_datagram(clock(now), peer_, challenge_, flags, wire::reserved_default);
  end(now, Status::by_us, 0);
}

// ---- What the application sees

std::optional<std::uint32_t> PhotonClient::server_time(TimePoint now) const {
  if (!time_offset_) return std::nullopt;
  return *time_offset_ + static_cast<std::uint32_t>(clock(now));
}

}  // namespace gateway::test
