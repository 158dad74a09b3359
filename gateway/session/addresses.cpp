// Where a server sends its client next: addresses in its responses become those of the gateway's listeners.
#include <algorithm>

#include "message/key_exchange.h"
#include "policy/rewrite.h"
#include "session/session.h"

namespace gateway::session {

using Outcome = policy::Rewrite::Outcome;

namespace {

constexpr std::size_t growth_max = 64 * 1024;  // bytes by which a message may grow; regions are some dozens
constexpr std::int16_t internal_server_error = -1;  // see "Return codes" in message/README.md
constexpr std::string_view refusal = "no reachable server";
constexpr std::size_t refusal_bytes = 64;  // a response with that text, in either serialization
constexpr std::uint8_t operation_authenticate_once = 231;

AddressResult result_of(Outcome outcome, bool refused) {
  switch (outcome) {
    case Outcome::unknown_address:
      return refused ? AddressResult::refused : AddressResult::unknown_target;
    case Outcome::unparsable:
      return refused ? AddressResult::refused : AddressResult::unparsed;
    case Outcome::unchanged:
    case Outcome::rewritten:
      break;
  }
  return AddressResult::rewritten;
}

}  // namespace

// On its way to the client. What it is replaced by lives in the message.
void Session::rewrite(Message& message) {
  const Rewriting& rewriting = services_.rewriting;
  if (rewriting.addresses == nullptr || !message.envelope || !policy::may_hold_addresses(*message.envelope))
    return;
  Buffer out = services_.buffers.take(message.payload.bytes.size() + growth_max);
  const policy::Rewrite done =
      policy::rewrite_addresses(*message.envelope, record_.serialization, *rewriting.addresses,
                                out.bytes().subspan(message::envelope_bytes));
  if (done.outcome == Outcome::unchanged) return;
  const bool fine = done.outcome == Outcome::rewritten;
  const bool refused = !fine && rewriting.unknown == policy::UnknownAddresses::reject;
  services_.stats.addresses[static_cast<std::size_t>(result_of(done.outcome, refused))].add();
  if (done.outcome == Outcome::unknown_address) services_.notices.note(Notice::unknown_address, done.unknown);
  if (done.outcome == Outcome::unparsable) services_.notices.note(Notice::unparsed_response);
  if (refused) return replace_by_refusal(message);
  if (done.body.data() == message.envelope->body.data()) return;  // only what nobody knows is in it
  std::ranges::copy(message.payload.bytes.first(message::envelope_bytes), out.bytes().begin());
  replace(message, std::move(out), message::envelope_bytes + done.body.size());
}

void Session::replace_by_refusal(Message& message) {
  Buffer out = services_.buffers.take(refusal_bytes);
  ByteWriter writer(out.bytes());
  message::write_response(writer, record_.serialization, message::Type::response, *message.envelope->code(),
                          internal_server_error, refusal);
  const std::size_t size = writer.written().size();
  replace(message, std::move(out), size);
}

void Session::replace(Message& message, Buffer by, std::size_t size) {
  message.payload.bytes = std::as_const(by).bytes().first(size);
  message.envelope = message::parse_envelope(message.payload.bytes);
  message.replaced = std::move(by);
}

// A client that authenticates once takes the keys of its next connections from its token.
void Session::note_authentication(const message::Envelope& request) {
  if (request.type == message::Type::request && request.code() == operation_authenticate_once)
    services_.notices.note(Notice::authenticate_once);
}

}  // namespace gateway::session
