// Where a server sends its client next: addresses in its responses become those of the gateway's listeners.
#include <algorithm>
#include <string>
#include <utility>

#include "message/json_message.h"
#include "message/json_units.h"
#include "message/key_exchange.h"
#include "policy/rewrite.h"
#include "policy/rewrite_json.h"
#include "session/session.h"

namespace gateway::session {

using RewriteOutcome = policy::Rewrite::Outcome;

namespace {

constexpr std::size_t growth_max = 64 * 1024;  // bytes by which a message may grow; regions are some dozens
constexpr std::int16_t internal_server_error = -1;  // see "Return codes" in message/README.md
constexpr std::string_view refusal = "no reachable server";
constexpr std::size_t refusal_bytes = 64;  // a response with that text, in either serialization
constexpr std::uint8_t operation_authenticate_once = 231;
constexpr std::string_view json_response_key = "\"res\"";

AddressResult result_of(RewriteOutcome outcome, bool refused) {
  switch (outcome) {
    case RewriteOutcome::unknown_address:
      return refused ? AddressResult::refused : AddressResult::unknown_target;
    case RewriteOutcome::unparsable:
      return refused ? AddressResult::refused : AddressResult::unparsed;
    case RewriteOutcome::unchanged:
    case RewriteOutcome::rewritten:
      break;
  }
  return AddressResult::rewritten;
}

}  // namespace

bool Session::rewrites() const {
  return services_.rewriting != nullptr && services_.rewriting->addresses != nullptr;
}

// On its way to the client. What it is replaced by lives in the message.
void Session::rewrite(Message& message) {
  if (!rewrites()) return;
  if (downstream().opaque) return rewrite_units(message);
  if (!message.envelope || !policy::may_hold_addresses(*message.envelope)) return;
  Buffer out = services_.buffers.take(message.payload.bytes.size() + growth_max);
  const policy::Rewrite done =
      policy::rewrite_addresses(*message.envelope, record_.serialization, *services_.rewriting->addresses,
                                out.bytes().subspan(message::envelope_bytes));
  if (refuses_address(done.outcome, done.unknown)) return replace_by_refusal(message);
  if (done.body.data() == message.envelope->body.data()) return;  // nothing was replaced
  std::ranges::copy(message.payload.bytes.first(message::envelope_bytes), out.bytes().begin());
  replace(message, std::move(out), message::envelope_bytes + done.body.size());
}

// Counts, and says whether the client gets a refusal instead.
bool Session::refuses_address(RewriteOutcome outcome, std::string_view unknown) {
  if (outcome == RewriteOutcome::unchanged) return false;
  const bool refused = outcome != RewriteOutcome::rewritten &&
                       services_.rewriting->unknown == policy::UnknownAddresses::reject;
  services_.stats.addresses[static_cast<std::size_t>(result_of(outcome, refused))].add();
  if (outcome == RewriteOutcome::unknown_address) services_.notices.note(Notice::unknown_address, unknown);
  if (outcome == RewriteOutcome::unparsable) services_.notices.note(Notice::unparsed_response);
  return refused;
}

void Session::replace_by_refusal(Message& message) {
  Buffer out = services_.buffers.take(refusal_bytes);
  ByteWriter writer(out.bytes());
  message::write_response(writer, record_.serialization, message::Type::response, *message.envelope->code(),
                          internal_server_error, refusal);
  const std::size_t size = writer.written().size();
  replace(message, std::move(out), size);
}

// In JSON mode, where a message may hold several units. What follows them and is none passes as it is.
void Session::rewrite_units(Message& message) {
  const std::string_view text = text_of(message.payload.bytes);
  if (text.find(json_response_key) == std::string_view::npos) return;
  Buffer out = services_.buffers.take(text.size() + growth_max);
  ByteWriter writer(out.bytes());
  bool changed = false;
  message::JsonUnits units(text);
  while (const auto unit = units.next()) {
    const std::string payload = rewrite_unit(unit->payload);
    changed |= !payload.empty();
    if (payload.empty()) {
      writer.bytes(bytes_of(unit->whole));
    } else {
      message::write_json_unit(writer, payload);
    }
  }
  writer.bytes(bytes_of(units.rest()));
  if (!changed || !writer.ok()) return;
  const std::size_t size = writer.written().size();
  replace(message, std::move(out), size);
}

// The payload to be sent instead; empty when it stays.
std::string Session::rewrite_unit(std::string_view payload) {
  const auto parsed = message::parse_json_message(payload);
  if (!parsed || !policy::may_hold_addresses(*parsed)) return {};
  policy::JsonRewrite done = policy::rewrite_json_addresses(payload, *services_.rewriting->addresses);
  if (refuses_address(done.outcome, done.unknown))
    return message::json_response(parsed->code, internal_server_error, refusal);
  return std::move(done.payload);
}

void Session::replace(Message& message, Buffer by, std::size_t size) {
  message.payload.bytes = std::as_const(by).bytes().first(size);
  if (message.envelope) message.envelope = message::parse_envelope(message.payload.bytes);
  message.replaced = std::move(by);
}

// A client that authenticates once takes the keys of its next connections from its token.
void Session::note_authentication(const message::Envelope& request) {
  if (request.type == message::Type::request && request.code() == operation_authenticate_once)
    services_.notices.note(Notice::authenticate_once);
}

}  // namespace gateway::session
