#include "policy/rules.h"

#include <algorithm>

#include "message/value.h"

namespace gateway::policy {

namespace {

/// `has` tells whether the request has a parameter.
template <class Has>
std::optional<Finding> judge_request(const Rules& rules, std::uint8_t code, bool confidential, Has has) {
  for (const OperationRule& rule : rules.operations) {
    if (!rule.operations[code]) continue;
    if (rule.without_parameter && has(*rule.without_parameter)) continue;
    return Finding{Kind::operation, code, confidential ? Outcome::confidential : outcome_of(rule.otherwise)};
  }
  return std::nullopt;
}

std::optional<Finding> judge_event(const Rules& rules, std::uint8_t code, bool confidential) {
  const auto rule = std::ranges::find_if(rules.events, [=](const EventRule& r) { return r.events[code]; });
  if (rule == rules.events.end()) return std::nullopt;
  return Finding{Kind::event, code, confidential ? Outcome::confidential : outcome_of(rule->otherwise)};
}

}  // namespace

std::optional<Finding> judge_to_server(const Rules& rules, const message::Envelope& message,
                                       message::Serialization serialization, bool confidential) {
  const auto code = message.code();
  if (message.type != message::Type::request || message.encrypted || !code) return std::nullopt;
  return judge_request(rules, *code, confidential, [&](std::uint8_t parameter) {
    return message::has_parameter(message.body, serialization, parameter);
  });
}

std::optional<Finding> judge_to_server(const Rules& rules, const message::JsonMessage& message,
                                       bool confidential) {
  if (message.kind != message::JsonMessage::Kind::request) return std::nullopt;
  return judge_request(rules, message.code, confidential,
                       [&](std::uint8_t parameter) { return message.parameters[parameter]; });
}

std::optional<Finding> judge_to_client(const Rules& rules, const message::Envelope& message,
                                       bool confidential) {
  const auto code = message.code();
  if (message.type != message::Type::event || message.encrypted || !code) return std::nullopt;
  return judge_event(rules, *code, confidential);
}

std::optional<Finding> judge_to_client(const Rules& rules, const message::JsonMessage& message,
                                       bool confidential) {
  if (message.kind != message::JsonMessage::Kind::event) return std::nullopt;
  return judge_event(rules, message.code, confidential);
}

bool seals_event(const Rules& rules, std::uint8_t code) {
  return std::ranges::any_of(rules.events, [=](const EventRule& rule) { return rule.events[code]; });
}

bool drops_events(const Rules& rules) {
  return std::ranges::any_of(rules.events,
                             [](const EventRule& rule) { return rule.otherwise == Unsealable::drop; });
}

}  // namespace gateway::policy
