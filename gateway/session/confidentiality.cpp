#include "session/confidentiality.h"

#include "message/value.h"
#include "policy/rules.h"

namespace gateway::session {

namespace {

using message::Type;

constexpr std::uint8_t operation_raise_event = 253;
constexpr std::uint8_t operation_set_properties = 252;
constexpr std::uint8_t parameter_event_code = 244;
constexpr std::uint8_t event_properties_changed = 253;

constexpr std::uint8_t count_max = 0xFF;

}  // namespace

Confidentiality::Confidentiality(const Policy& policy, RaisedEvents& raised)
    : policy_(policy), raised_(raised) {}

// `match` counts from the moment it is in effect. How many encrypted requests were unanswered by then nobody
// knows, so their codes count as saturated; and counts that missed some messages are worth nothing.
void Confidentiality::follow_policy() {
  if (policy_.responses != Responses::match) return outstanding_.reset();
  if (outstanding_) return;
  outstanding_ = std::make_unique<Outstanding>();
  outstanding_->saturated = encrypted_codes_;
}

void Confidentiality::requested(const message::Envelope& message, bool encrypted,
                                message::Serialization serialization) {
  follow_policy();
  any_encrypted_ |= encrypted;
  if (message.type == Type::message || message.type == Type::raw) encrypted_messages_ |= encrypted;
  const auto code = message.code();
  if (message.type != Type::request || !code) return;
  (encrypted ? encrypted_codes_ : clear_codes_).set(*code);
  if (outstanding_) await(*code, encrypted);
  if (encrypted) raised(message, serialization);
}

bool Confidentiality::seals(const message::Envelope& message) {
  follow_policy();
  const auto code = message.code();
  switch (message.type) {
    case Type::init:
    case Type::init_response:
    case Type::disconnect:
    case Type::internal_response:
      return false;
    case Type::response:
      return !code || seals_response(*code);
    case Type::event:
      return !code || seals_event(*code);
    case Type::request:
    case Type::internal_request:
      return any_encrypted_;
    case Type::message:
    case Type::raw:
      return encrypted_messages_ || policy_.responses == Responses::all;
  }
  return any_encrypted_;  // a type nobody knows may answer anything
}

// A real server sends an event encrypted exactly when the operation that raised it was; here the server can't
// know, so the codes are remembered for every client of the pool.
void Confidentiality::raised(const message::Envelope& request, message::Serialization serialization) {
  const std::uint8_t operation = request.body.front();
  if (operation == operation_set_properties) raised_.add(event_properties_changed);
  if (operation != operation_raise_event) return;
  const auto value = message::find_parameter(request.body, serialization, parameter_event_code);
  const auto event = value ? message::as_byte(*value, serialization) : value.error();
  if (event) {
    raised_.add(*event);
  } else {
    raised_.add_all();  // it raises something, and we can't tell what
  }
}

void Confidentiality::await(std::uint8_t code, bool encrypted) {
  std::uint8_t& count = (encrypted ? outstanding_->encrypted : outstanding_->clear)[code];
  if (count == count_max) {
    outstanding_->saturated.set(code);
  } else {
    ++count;
  }
}

bool Confidentiality::seals_response(std::uint8_t code) {
  switch (policy_.responses) {
    case Responses::all:
      return true;
    case Responses::match:
      return seals_matched(code);
    case Responses::sticky:
      return encrypted_codes_[code] || !clear_codes_[code];
  }
  return true;
}

bool Confidentiality::seals_matched(std::uint8_t code) {
  if (outstanding_->saturated[code]) return true;
  if (outstanding_->clear[code] > 0) {
    --outstanding_->clear[code];
    return false;
  }
  if (outstanding_->encrypted[code] > 0) --outstanding_->encrypted[code];
  return true;
}

bool Confidentiality::seals_event(std::uint8_t code) const {
  if (policy_.events == Events::all || policy_.responses == Responses::all) return true;
  if (policy_.listed_events[code] || policy::seals_event(policy_.rules, code)) return true;
  return policy_.events == Events::as_raised && raised_.contains(code);
}

}  // namespace gateway::session
