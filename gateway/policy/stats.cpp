#include "policy/stats.h"

#include <memory>

#include "message/codes.h"

namespace gateway::policy {

namespace {

using Outcomes = std::bitset<static_cast<std::size_t>(Outcome::count_)>;

template <class Rule>
Outcomes outcomes_of(const std::vector<Rule>& rules, Codes Rule::*codes, std::size_t code) {
  Outcomes outcomes;
  for (const Rule& rule : rules) {
    if (!(rule.*codes)[code]) continue;
    outcomes.set(static_cast<std::size_t>(Outcome::confidential));
    outcomes.set(static_cast<std::size_t>(outcome_of(rule.otherwise)));
  }
  return outcomes;
}

void add_findings(Kind kind, std::size_t code, const Outcomes& outcomes, std::vector<Finding>& out) {
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (outcomes[i]) out.push_back({kind, static_cast<std::uint8_t>(code), static_cast<Outcome>(i)});
  }
}

}  // namespace

std::string_view name(Kind kind) {
  switch (kind) {
    case Kind::operation:
      return "operation";
    case Kind::event:
      return "event";
    case Kind::count_:
      break;
  }
  return "unknown";
}

std::string_view name(Outcome outcome) {
  switch (outcome) {
    case Outcome::confidential:
      return "confidential";
    case Outcome::reject:
      return "reject";
    case Outcome::disconnect:
      return "disconnect";
    case Outcome::log:
      return "log";
    case Outcome::clear:
      return "clear";
    case Outcome::drop:
      return "drop";
    case Outcome::count_:
      break;
  }
  return "unknown";
}

Outcome outcome_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::reject:
      return Outcome::reject;
    case Refusal::disconnect:
      return Outcome::disconnect;
    case Refusal::log:
      return Outcome::log;
  }
  return Outcome::reject;
}

Outcome outcome_of(Unsealable unsealable) {
  switch (unsealable) {
    case Unsealable::clear:
      return Outcome::clear;
    case Unsealable::drop:
      return Outcome::drop;
  }
  return Outcome::drop;
}

std::string code_word(const Finding& finding) {
  const bool operation = finding.kind == Kind::operation;
  return message::code_word(operation ? message::operation_names() : message::event_names(), finding.code);
}

std::vector<Finding> possible_findings(const Rules& rules) {
  std::vector<Finding> findings;
  for (std::size_t code = 0; code < Codes().size(); ++code) {
    add_findings(Kind::operation, code, outcomes_of(rules.operations, &OperationRule::operations, code),
                 findings);
  }
  for (std::size_t code = 0; code < Codes().size(); ++code) {
    add_findings(Kind::event, code, outcomes_of(rules.events, &EventRule::events, code), findings);
  }
  return findings;
}

Stats::~Stats() {
  const std::unique_ptr<Table> table(table_.load(std::memory_order_relaxed));
}

void Stats::add(const Finding& finding) {
  Table* table = table_.load(std::memory_order_relaxed);
  if (table == nullptr) {
    table = std::make_unique<Table>().release();
    table_.store(table, std::memory_order_release);
  }
  Counter& counter = (*table)[index(finding)];
  if (counter.value() == 0) first_.push_back(finding);
  counter.add();
}

std::uint64_t Stats::value(const Finding& finding) const {
  const Table* const table = table_.load(std::memory_order_acquire);
  return table == nullptr ? 0 : (*table)[index(finding)].value();
}

std::optional<Finding> Stats::take_first() {
  if (first_.empty()) return std::nullopt;
  const Finding finding = first_.back();
  first_.pop_back();
  return finding;
}

std::size_t Stats::index(const Finding& finding) {
  return (static_cast<std::size_t>(finding.kind) * 256 + finding.code) * outcomes +
         static_cast<std::size_t>(finding.outcome);
}

}  // namespace gateway::policy
