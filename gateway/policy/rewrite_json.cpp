#include "policy/rewrite_json.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "message/json_texts.h"

namespace gateway::policy {

namespace json = boost::json;

namespace {

/// The text that stands in quotes, with its escapes undone.
std::string unquoted(std::string_view quoted) {
  boost::system::error_code error;
  const json::value value = json::parse(quoted, error);
  return error || !value.is_string() ? std::string() : std::string(value.get_string());
}

}  // namespace

bool may_hold_addresses(const message::JsonMessage& message) {
  return message.kind == message::JsonMessage::Kind::response && hands_out_servers(message.code);
}

JsonRewrite rewrite_json_addresses(std::string_view payload, const Addresses& addresses) {
  JsonRewrite rewrite;
  const char* copied = payload.data();  // what is before it stands in rewrite.payload
  message::JsonTexts texts(payload, parameter_address);
  while (const auto quoted = texts.next()) {
    std::string text = unquoted(*quoted);
    const auto match = addresses.find(text);
    if (!match) {
      if (rewrite.unknown.empty()) rewrite.unknown = text;
      continue;
    }
    const std::string before = text;
    text.replace(match->position, match->count, match->public_address);
    if (text == before) continue;
    rewrite.outcome = Rewrite::Outcome::rewritten;
    rewrite.payload.append(copied, quoted->data()).append(json::serialize(json::string(text)));
    copied = quoted->data() + quoted->size();
  }
  if (copied != payload.data()) rewrite.payload.append(copied, payload.data() + payload.size());
  if (!rewrite.unknown.empty()) rewrite.outcome = Rewrite::Outcome::unknown_address;
  return rewrite;
}

}  // namespace gateway::policy
