#include "config/rules.h"

#include <span>
#include <string_view>

#include "config/quantity.h"
#include "config/suggest.h"
#include "message/codes.h"

namespace gateway::config {
namespace {

using message::NamedCode;
using policy::Codes;
using policy::Refusal;
using policy::Unsealable;

constexpr std::string_view operation_example =
    "{ operations: [authenticate], require: encrypted, otherwise: reject }";
constexpr std::string_view event_example = "{ events: [200], to_client: encrypted, otherwise: clear }";
constexpr std::uint64_t code_max = 255;

std::uint8_t read_code(const Value& value, std::span<const NamedCode> names, std::string_view example) {
  const Located word = value.text(example);
  if (const auto number = parse_number(word.text)) {
    if (*number > code_max) word.fail("a code is at most 255, not " + word.text);
    return static_cast<std::uint8_t>(*number);
  }
  if (const auto code = message::find_code(names, word.text)) return *code;
  std::vector<std::string_view> known;
  for (const NamedCode& named : names) known.push_back(named.name);
  word.fail("\"" + word.text + "\" is no name of a code, nor a number from 0 to 255" +
            hint(word.text, known));
}

Codes read_codes(const Value& value, std::span<const NamedCode> names, std::string_view example) {
  Codes codes;
  for (const Value& element : value.list(example)) codes.set(read_code(element, names, example));
  if (codes.none())
    value.fail("this list is empty, so the rule is about nothing; write " + std::string(example));
  return codes;
}

// There is one thing to demand so far; it is written all the same, so that a rule reads as a sentence.
void read_demand(const Map& map, std::string_view key) {
  const std::string example = std::string(key) + ": encrypted";
  const Value demand = map.require(key, example);
  if (!demand.is("encrypted"))
    demand.fail("\"" + std::string(key) + "\" can only be encrypted; write " + example);
}

policy::OperationRule read_operation_rule(const Value& value) {
  const Map map = value.map({"operations", "without_parameter", "require", "otherwise"});
  policy::OperationRule rule;
  rule.operations =
      read_codes(map.require("operations", operation_example), message::operation_names(), operation_example);
  if (const auto parameter = map.find("without_parameter"))
    rule.without_parameter = static_cast<std::uint8_t>(parameter->number(0, code_max));
  read_demand(map, "require");
  if (const auto otherwise = map.find("otherwise")) {
    rule.otherwise = otherwise->choice<Refusal>(
        {{"reject", Refusal::reject}, {"disconnect", Refusal::disconnect}, {"log", Refusal::log}});
  }
  return rule;
}

policy::EventRule read_event_rule(const Value& value) {
  const Map map = value.map({"events", "to_client", "otherwise"});
  policy::EventRule rule;
  rule.events = read_codes(map.require("events", event_example), message::event_names(), event_example);
  read_demand(map, "to_client");
  if (const auto otherwise = map.find("otherwise")) {
    rule.otherwise =
        otherwise->choice<Unsealable>({{"clear", Unsealable::clear}, {"drop", Unsealable::drop}});
  }
  return rule;
}

void read_rule(const Value& value, policy::Rules& rules) {
  const Map map =
      value.map({"operations", "without_parameter", "require", "events", "to_client", "otherwise"});
  const bool operations = map.find("operations").has_value();
  if (operations == map.find("events").has_value()) {
    value.fail("a rule is about operations or about events; write " + std::string(operation_example) +
               " or " + std::string(event_example));
  }
  if (operations) {
    rules.operations.push_back(read_operation_rule(value));
  } else {
    rules.events.push_back(read_event_rule(value));
  }
}

std::string write_codes(const Codes& codes, std::span<const NamedCode> names) {
  std::string text;
  for (std::size_t code = 0; code < codes.size(); ++code) {
    if (!codes[code]) continue;
    text += (text.empty() ? "" : ", ") + message::code_word(names, static_cast<std::uint8_t>(code));
  }
  return "[" + text + "]";
}

std::string_view word(Refusal refusal) {
  switch (refusal) {
    case Refusal::reject:
      return "reject";
    case Refusal::disconnect:
      return "disconnect";
    case Refusal::log:
      return "log";
  }
  return {};
}

std::string_view word(Unsealable unsealable) {
  switch (unsealable) {
    case Unsealable::clear:
      return "clear";
    case Unsealable::drop:
      return "drop";
  }
  return {};
}

std::string write_rule(const policy::OperationRule& rule) {
  std::string text = "{ operations: " + write_codes(rule.operations, message::operation_names());
  if (rule.without_parameter) text += ", without_parameter: " + std::to_string(*rule.without_parameter);
  return text + ", require: encrypted, otherwise: " + std::string(word(rule.otherwise)) + " }";
}

std::string write_rule(const policy::EventRule& rule) {
  return "{ events: " + write_codes(rule.events, message::event_names()) +
         ", to_client: encrypted, otherwise: " + std::string(word(rule.otherwise)) + " }";
}

}  // namespace

policy::Rules read_rules(const Value& value) {
  policy::Rules rules;
  for (const Value& rule : value.list("rules: [" + std::string(operation_example) + "]"))
    read_rule(rule, rules);
  return rules;
}

std::vector<std::string> write_rules(const policy::Rules& rules) {
  std::vector<std::string> written;
  for (const policy::OperationRule& rule : rules.operations) written.push_back(write_rule(rule));
  for (const policy::EventRule& rule : rules.events) written.push_back(write_rule(rule));
  return written;
}

}  // namespace gateway::config
