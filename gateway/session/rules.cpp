// What the operator's rules do with a message (policy/rules.h says which rule is about it), in the order of
// the functions below: to the server, to the client, both once more for the units of the JSON mode, and what
// a refusal looks like.
#include "policy/rules.h"

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

/// Writes the units that `keeps` wants to `out`. False when the message isn't units to its end.
template <class Keeps>
bool filter_units(Bytes message, ByteWriter& out, Keeps keeps) {
  message::JsonUnits units(text_of(message));
  while (const auto unit = units.next()) {
    if (keeps(*unit)) out.bytes(bytes_of(unit->whole));
  }
  return units.complete();
}

}  // namespace

Session::Verdict Session::obey_to_server(Message& message, TimePoint now) {
  const policy::Rules& rules = services_.options.rules;
  if (rules.operations.empty()) return Verdict::forward;
  if (downstream().opaque) return obey_units_to_server(message, now);
  const bool confidential = message.encrypted || downstream().confidential;
  if (!message.envelope) {
    const bool ping = message.payload.form == transport::Form::ping;
    return confidential || ping ? Verdict::forward : give_up(now);
  }
  const auto finding = policy::judge_to_server(rules, *message.envelope, record_.serialization, confidential);
  return finding ? carry_out(*finding, message, now) : Verdict::forward;
}

Session::Verdict Session::obey_to_client(Message& message, TimePoint now) {
  const policy::Rules& rules = services_.options.rules;
  if (rules.events.empty()) return Verdict::forward;
  if (downstream().opaque) return obey_units_to_client(message, now);
  if (!message.envelope) return Verdict::forward;
  const bool confidential = downstream().confidential || downstream().keys.confirmed();
  const auto finding = policy::judge_to_client(rules, *message.envelope, confidential);
  return finding ? carry_out(*finding, message, now) : Verdict::forward;
}

// A message may hold several units. Those that aren't refused pass, as they were written.
Session::Verdict Session::obey_units_to_server(Message& message, TimePoint now) {
  const bool confidential = downstream().confidential;
  Verdict verdict = Verdict::forward;
  const auto keeps = [&](const message::JsonUnit& unit) {
    if (verdict == Verdict::ended) return false;
    const auto parsed = message::parse_json_message(unit.payload);
    if (!parsed) {
      if (!confidential) verdict = give_up(now);
      return true;
    }
    const auto finding = policy::judge_to_server(services_.options.rules, *parsed, confidential);
    const Verdict one = finding ? carry_out(*finding, message, now) : Verdict::forward;
    if (one == Verdict::ended) verdict = one;
    return one == Verdict::forward;
  };
  ByteWriter kept(scratch(message.payload.bytes.size()));
  const bool units = filter_units(message.payload.bytes, kept, keeps);
  if (verdict == Verdict::ended) return verdict;
  if (!units) return confidential ? Verdict::forward : give_up(now);
  message.payload.bytes = kept.written();
  return kept.position() > 0 ? Verdict::forward : Verdict::consumed;
}

// What can't be read might be an event that must be dropped; if none must be, it passes.
Session::Verdict Session::obey_units_to_client(Message& message, TimePoint now) {
  const policy::Rules& rules = services_.options.rules;
  const bool confidential = downstream().confidential;
  const bool keeps_unread = confidential || !policy::drops_events(rules);
  const auto keeps = [&](const message::JsonUnit& unit) {
    if (!unit.payload.starts_with(message::json_mark)) return true;  // the session id
    const auto parsed = message::parse_json_message(unit.payload);
    if (!parsed && !keeps_unread) services_.stats.unopened_dropped.add();
    if (!parsed) return keeps_unread;
    const auto finding = policy::judge_to_client(rules, *parsed, confidential);
    return !finding || carry_out(*finding, message, now) == Verdict::forward;
  };
  ByteWriter kept(scratch(message.payload.bytes.size()));
  const bool units = filter_units(message.payload.bytes, kept, keeps);
  if (!units && keeps_unread) return Verdict::forward;
  if (!units) services_.stats.unopened_dropped.add();
  message.payload.bytes = kept.written();
  return kept.position() > 0 ? Verdict::forward : Verdict::consumed;
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
  fail(now, End::policy, transport::code_server_logic);
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
