// What the operator's rules do with a message (policy/rules.h says which rule is about it), in the order of
// the functions below: to the server, to the client, the units of the JSON mode both ways, and what a refusal
// looks like.
#include "policy/rules.h"

#include <algorithm>
#include <array>
#include <string>

#include "message/json_units.h"
#include "message/key_exchange.h"
#include "session/session.h"
#include "transport/disconnect_code.h"

namespace gateway::session {

using policy::Outcome;

namespace {

// What a client is told: "not authenticated", and why. See message/README.md, "Codes of LoadBalancing".
constexpr std::int16_t refused = 32767;
constexpr std::string_view refusal_text = "encryption required";
constexpr std::size_t refusal_max = 128;  // bytes

}  // namespace

Session::Verdict Session::obey_to_server(Message& message, TimePoint now) {
  const policy::Rules& rules = services_.policy.rules;
  if (rules.operations.empty()) return Verdict::forward;
  if (downstream().opaque) return obey_units(Side::downstream, message, now);
  const bool confidential = message.encrypted || downstream().confidential;
  if (!message.envelope) {
    const bool ping = message.payload.form == transport::Form::ping;
    return confidential || ping ? Verdict::forward : obey_unread(Side::downstream, now);
  }
  if (contradicts(*message.envelope, message.payload.bytes)) return obey_unread(Side::downstream, now);
  const auto finding = policy::judge_to_server(rules, *message.envelope, record_.serialization, confidential);
  return finding ? carry_out(*finding, message, now) : Verdict::forward;
}

Session::Verdict Session::obey_to_client(Message& message, TimePoint now) {
  const policy::Rules& rules = services_.policy.rules;
  if (rules.events.empty()) return Verdict::forward;
  if (downstream().opaque) return obey_units(Side::upstream, message, now);
  if (!message.envelope) return Verdict::forward;
  const bool confidential = downstream().confidential || downstream().keys.confirmed();
  const auto finding = policy::judge_to_client(rules, *message.envelope, confidential);
  return finding ? carry_out(*finding, message, now) : Verdict::forward;
}

// A late Init that a server takes must not have it read what follows in another way than we do.
bool Session::contradicts(const message::Envelope& envelope, Bytes message) const {
  if (envelope.type != message::Type::init) return false;
  const auto init = message::parse_init(message);
  return !init || init->serialization != record_.serialization;
}

// A message may hold several units; those that may pass do, as they were written. They are read from a copy:
// an answer to one of them may end what the leg lends.
Session::Verdict Session::obey_units(Side from, Message& message, TimePoint now) {
  const std::size_t size = message.payload.bytes.size();
  const MutableBytes room = scratch(2 * size);
  const MutableBytes copy = room.first(size);
  std::ranges::copy(message.payload.bytes, copy.begin());
  message::JsonUnits units(text_of(copy));
  ByteWriter kept(room.subspan(size));
  while (const auto unit = units.next()) {
    const Verdict verdict = obey_unit(from, *unit, message, now);
    if (verdict == Verdict::ended) return verdict;
    if (verdict == Verdict::forward) kept.bytes(bytes_of(unit->whole));
  }
  const Verdict rest = units.rest().empty() ? Verdict::forward : obey_unread(from, now);
  if (rest == Verdict::ended) return rest;
  if (rest == Verdict::forward) kept.bytes(bytes_of(units.rest()));
  message.payload.bytes = kept.written();
  return kept.position() > 0 ? Verdict::forward : Verdict::consumed;
}

Session::Verdict Session::obey_unit(Side from, const message::JsonUnit& unit, const Message& message,
                                    TimePoint now) {
  const bool session_id = from == Side::upstream && !unit.payload.starts_with(message::json_mark);
  if (session_id) return Verdict::forward;
  const auto parsed = message::parse_json_message(unit.payload);
  if (!parsed) return obey_unread(from, now);
  const policy::Rules& rules = services_.policy.rules;
  const bool confidential = downstream().confidential;
  const auto finding = from == Side::downstream ? policy::judge_to_server(rules, *parsed, confidential)
                                                : policy::judge_to_client(rules, *parsed, confidential);
  return finding ? carry_out(*finding, message, now) : Verdict::forward;
}

// What can't be read might be what a rule is about.
Session::Verdict Session::obey_unread(Side from, TimePoint now) {
  if (downstream().confidential) return Verdict::forward;
  if (from == Side::downstream) return give_up(now);
  if (!policy::drops_events(services_.policy.rules)) return Verdict::forward;
  services_.stats.unopened_dropped.add();
  return Verdict::consumed;
}

Session::Verdict Session::carry_out(const policy::Finding& finding, const Message& message, TimePoint now) {
  services_.stats.policy.add(finding);
  switch (finding.outcome) {
    case Outcome::confidential:
    case Outcome::log:
    case Outcome::clear:
    case Outcome::count_:
      return Verdict::forward;
    case Outcome::drop:
      return Verdict::consumed;
    case Outcome::disconnect:
      return give_up(now);
    case Outcome::reject:
      break;
  }
  if (!initialized_) return give_up(now);  // nothing may be said to a client before InitResponse
  if (downstream().opaque) {
    refuse_unit(finding.code, message, now);
  } else {
    refuse(message, now);
  }
  return ended() ? Verdict::ended : Verdict::consumed;
}

Session::Verdict Session::give_up(TimePoint now) {
  fail_client(now, End::policy);
  return Verdict::ended;
}

// As the server would have answered: on the request's channel and delivery, and as confidential as it was.
void Session::refuse(const Message& request, TimePoint now) {
  std::array<std::uint8_t, refusal_max> response{};
  ByteWriter out(response);
  message::write_response(out, record_.serialization, message::Type::response, *request.envelope->code(),
                          refused, refusal_text);
  Message answered{request.payload, message::parse_envelope(out.written()), request.encrypted, {}};
  answered.payload.bytes = out.written();
  const bool sealed = request.encrypted && downstream().keys.present();
  answer(now, downstream().seal(answered, sealed));
}

void Session::refuse_unit(std::uint8_t operation, const Message& request, TimePoint now) {
  std::array<std::uint8_t, refusal_max> unit{};
  ByteWriter out(unit);
  message::write_json_unit(out, message::json_response(operation, refused, refusal_text));
  transport::Payload payload = request.payload;
  payload.bytes = out.written();
  answer(now, payload);
}

MutableBytes Session::scratch(std::size_t bytes) {
  std::vector<std::uint8_t>& room = services_.scratch;
  if (room.size() < bytes) room.resize(bytes);
  return MutableBytes(room).first(bytes);
}

}  // namespace gateway::session
