#include "session/leg.h"

#include <algorithm>
#include <utility>

namespace gateway::session {

namespace {

using message::Type;
using transport::Delivery;
using transport::Phase;

bool may_be_sealed_by_client(Type type) {
  return type == Type::request || type == Type::internal_request || type == Type::message ||
         type == Type::raw;
}

// Clients before 4.1.2 can't parse the unsequenced commands.
Delivery sequenced(Delivery delivery) {
  return is_reliable(delivery) ? Delivery::reliable : Delivery::unreliable;
}

}  // namespace

void Leg::attach(std::unique_ptr<transport::ReliableUdp> connection) {
  udp = connection.get();
  transport = std::move(connection);
}

void Leg::attach(std::unique_ptr<transport::FramedStream> connection) {
  stream = connection.get();
  transport = std::move(connection);
}

void Leg::attach(std::unique_ptr<transport::WholeMessages> connection) {
  stream = messages = connection.get();
  transport = std::move(connection);
}

std::optional<Result<Message, OpenError>> Leg::next_message() {
  const auto payload = transport->next_payload();
  if (!payload) return std::nullopt;
  Message message{*payload, std::nullopt, false, {}};
  if (opaque || payload->form != transport::Form::message) return message;
  message.envelope = message::parse_envelope(payload->bytes);
  if (!message.opaque()) return message;
  if (keys.present()) return open(std::move(message));
  if (confidential) return without_bit(std::move(message));
  return message;
}

Result<Message, OpenError> Leg::open(Message sealed) {
  const message::Envelope& envelope = *sealed.envelope;
  const MutableBytes clear = scratch(sealed.payload.bytes.size());
  const auto length = keys.cipher().open(envelope.body, clear.subspan(message::envelope_bytes));
  if (!length || !may_be_sealed_by_client(envelope.type)) return OpenError::bad_encryption;
  keys.confirm();
  clear[0] = envelope.first;
  clear[1] = static_cast<std::uint8_t>(envelope.type);
  sealed.payload.bytes = clear.first(message::envelope_bytes + *length);
  sealed.envelope = message::parse_envelope(sealed.payload.bytes);
  sealed.encrypted = true;
  return sealed;
}

// A client on TLS that wanted encryption may say so and leave the rest to TLS; a server without TLS would try
// to decrypt it.
Message Leg::without_bit(Message marked) {
  const MutableBytes clear = scratch(marked.payload.bytes.size());
  std::ranges::copy(marked.payload.bytes, clear.begin());
  clear[1] = static_cast<std::uint8_t>(marked.envelope->type);
  marked.payload.bytes = clear;
  marked.envelope = message::parse_envelope(clear);
  marked.encrypted = true;
  return marked;
}

transport::Payload Leg::seal(const Message& message, bool sealed) {
  transport::Payload payload = message.payload;
  if (!understands_unsequenced) payload.delivery = sequenced(payload.delivery);
  if (!sealed) return payload;
  const Bytes body = message.envelope->body;
  const MutableBytes out = scratch(message::envelope_bytes + crypto::sealed_size(body.size()));
  out[0] = message.envelope->first;
  out[1] = static_cast<std::uint8_t>(message.envelope->type) | message::encrypted_bit;
  keys.cipher().seal(body, out.subspan(message::envelope_bytes));
  payload.bytes = out;
  return payload;
}

bool Leg::ended_by_peer() const {
  if (!exists() || transport->phase() < Phase::closing) return false;
  return transport->close_reason().cause != transport::Cause::local;
}

MutableBytes Leg::scratch(std::size_t bytes) {
  if (scratch_.size() < bytes) scratch_.resize(bytes);
  return MutableBytes(scratch_).first(bytes);
}

}  // namespace gateway::session
