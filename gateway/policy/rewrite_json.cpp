#include "policy/rewrite_json.h"

#include "message/json_texts.h"

namespace gateway::policy {

bool may_hold_addresses(const message::JsonMessage& message) {
  return message.kind == message::JsonMessage::Kind::response && hands_out_servers(message.code);
}

JsonRewrite rewrite_json_addresses(std::string_view payload, const Addresses& addresses) {
  JsonRewrite rewrite;
  const char* copied = payload.data();  // what is before it stands in rewrite.payload
  message::JsonTexts texts(payload, parameter_address);
  while (const auto quoted = texts.next()) {
    std::string text = message::read_json_text(*quoted);
    const auto match = addresses.find(text);
    if (!match) {
      if (rewrite.unknown.empty()) rewrite.unknown = text;
      continue;
    }
    const std::string before = text;
    text.replace(match->position, match->count, match->public_address);
    if (text == before) continue;
    rewrite.outcome = Rewrite::Outcome::rewritten;
    rewrite.payload.append(copied, quoted->data()).append(message::write_json_text(text));
    copied = quoted->data() + quoted->size();
  }
  if (copied != payload.data()) rewrite.payload.append(copied, payload.data() + payload.size());
  if (!rewrite.unknown.empty()) rewrite.outcome = Rewrite::Outcome::unknown_address;
  return rewrite;
}

}  // namespace gateway::policy
