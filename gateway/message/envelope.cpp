#include "message/envelope.h"

namespace gateway::message {

std::optional<Envelope> parse_envelope(Bytes bytes) {
  if (bytes.size() < envelope_bytes) return std::nullopt;
  if (bytes[0] != magic && bytes[0] != magic_alternative) return std::nullopt;
  Envelope envelope;
  envelope.first = bytes[0];
  envelope.type = static_cast<Type>(bytes[1] & ~encrypted_bit);
  envelope.encrypted = (bytes[1] & encrypted_bit) != 0;
  envelope.body = bytes.subspan(envelope_bytes);
  return envelope;
}

}  // namespace gateway::message
