#include "policy/rewrite.h"

#include "message/edit.h"

namespace gateway::policy {

namespace {

constexpr std::uint8_t parameter_address = 230;

bool hands_out_servers(std::uint8_t operation) {
  switch (operation) {
    case 220:  // GetRegions
    case 225:  // JoinRandomGame
    case 226:  // JoinGame
    case 227:  // CreateGame
    case 230:  // Authenticate
    case 231:  // AuthenticateOnce
      return true;
    default:
      return false;
  }
}

// The return code follows the operation; 0 looks the same in both byte orders.
bool is_refusal(Bytes body) {
  return body.size() >= 3 && (body[1] != 0 || body[2] != 0);
}

}  // namespace

bool may_hold_addresses(const message::Envelope& message) {
  return message.type == message::Type::response && !message.encrypted && message.code() &&
         hands_out_servers(*message.code()) && !is_refusal(message.body);
}

Rewrite rewrite_addresses(const message::Envelope& message, message::Serialization serialization,
                          const Addresses& addresses, MutableBytes out) {
  Rewrite rewrite{.body = message.body, .unknown = {}, .error = {}};
  if (!may_hold_addresses(message)) return rewrite;
  message::Edit edit(message, serialization, parameter_address, out);
  while (const auto text = edit.next_text()) {
    if (const auto match = addresses.find(*text)) {
      edit.replace(match->position, match->count, match->public_address);
    } else if (rewrite.unknown.empty()) {
      rewrite.unknown = *text;
    }
  }
  const auto body = edit.finish();
  if (!body) return {Rewrite::Outcome::unparsable, message.body, {}, body.error()};
  if (body->data() != message.body.data()) rewrite.outcome = Rewrite::Outcome::rewritten;
  if (!rewrite.unknown.empty()) rewrite.outcome = Rewrite::Outcome::unknown_address;
  rewrite.body = *body;
  return rewrite;
}

}  // namespace gateway::policy
