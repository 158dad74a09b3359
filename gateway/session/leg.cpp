#include "session/leg.h"

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

std::optional<Result<Message, OpenError>> Leg::next_message() {
  const auto payload = transport->next_payload();
  if (!payload) return std::nullopt;
  Message message{*payload, message::parse_envelope(payload->bytes), false};
  if (message.opaque() && keys.present()) return open(message);
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
  Message opened = sealed;
  opened.payload.bytes = clear.first(message::envelope_bytes + *length);
  opened.envelope = message::parse_envelope(opened.payload.bytes);
  opened.encrypted = true;
  return opened;
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
