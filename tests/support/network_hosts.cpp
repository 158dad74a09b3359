#include "support/network_hosts.h"

#include <utility>

#include "support/test_operations.h"

namespace gateway::test {

void ServerHost::receive(TimePoint now, const Packet& packet) {
  if (packet.to == address_) server_.receive(now, packet.from, packet.bytes);
}

std::optional<Packet> ServerHost::next_output(TimePoint now) {
  const auto output = server_.next_output(now);
  if (!output) return std::nullopt;
  return Packet{address_, output->to, output->bytes};
}

void ClientHost::connect(TimePoint now) {
  client_.connect(now);
  next_frame_ = now;
}

void ClientHost::receive(TimePoint now, const Packet& packet) {
  if (packet.to == options_.local && packet.from == options_.server) client_.receive(now, packet.bytes);
}

void ClientHost::refused(TimePoint now, const Address&, const Address&) {
  if (options_.feels_refusals) client_.network_error(now);
}

void ClientHost::advance(TimePoint now) {
  constexpr Duration stalled_frame = milliseconds(50);
  sends_ = true;
  next_frame_ = now + (stalled_ ? stalled_frame : options_.frame);
  if (stalled_) return;
  client_.dispatch(now);
  if (application_ && client_.state() == PhotonClient::State::connected) application_(now, client_);
}

std::optional<Packet> ClientHost::next_output(TimePoint now) {
  if (!sends_) return std::nullopt;
  current_ = stalled_ ? client_.send_acks_only(now) : client_.send_outgoing(now);
  if (current_) return Packet{options_.local, options_.server, *current_};
  sends_ = false;
  if (client_.state() == PhotonClient::State::disconnected) next_frame_ = never;
  return std::nullopt;
}

std::vector<std::uint8_t> message_of(const ClientEvent& event) {
  using Kind = ClientEvent::Kind;
  message::Type type{};
  switch (event.kind) {
    case Kind::response:
      type = message::Type::response;
      break;
    case Kind::internal_response:
      type = message::Type::internal_response;
      break;
    case Kind::event:
      type = message::Type::event;
      break;
    case Kind::disconnect_message:
      type = message::Type::disconnect;
      break;
    case Kind::message:
      type = message::Type::message;
      break;
    case Kind::raw:
      type = message::Type::raw;
      break;
    case Kind::connected:
    case Kind::encryption_established:
    case Kind::encryption_failed:
    case Kind::disconnected:
      return {};
  }
  std::vector<std::uint8_t> message{message::magic, static_cast<std::uint8_t>(type)};
  message.insert(message.end(), event.body.begin(), event.body.end());
  return message;
}

}  // namespace gateway::test
