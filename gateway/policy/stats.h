#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/counter.h"
#include "policy/options.h"

namespace gateway::policy {

/// Which codes a rule is about; name() is the `kind` label.
enum class Kind : std::uint8_t { operation, event, count_ };

/// What a rule did with a message; name() is the `outcome` label.
enum class Outcome : std::uint8_t {
  confidential,  // as the rule wants it
  reject,        // operations
  disconnect,
  log,
  clear,  // events
  drop,
  count_
};

std::string_view name(Kind kind);
std::string_view name(Outcome outcome);

/// One thing that rules did: what is counted and logged about it.
struct Finding {
  Kind kind = Kind::operation;
  std::uint8_t code = 0;
  Outcome outcome = Outcome::confidential;
};

/// The name of the finding's code, or its number; the `code` label.
std::string code_word(const Finding& finding);

Outcome outcome_of(Refusal refusal);
Outcome outcome_of(Unsealable unsealable);

/// Every finding that these rules can lead to, by kind, code and outcome.
std::vector<Finding> possible_findings(const Rules& rules);

/// Counts of one shard and listener. They take memory with the first that is counted, so none without rules.
class Stats {
 public:
  Stats() = default;
  ~Stats();
  Stats(const Stats&) = delete;
  Stats& operator=(const Stats&) = delete;

  void add(const Finding& finding);
  /// May be called on any thread.
  std::uint64_t value(const Finding& finding) const;
  /// A finding that was counted for the first time, each once; for a log line. Empty when there is none.
  std::optional<Finding> take_first();

 private:
  static constexpr std::size_t kinds = static_cast<std::size_t>(Kind::count_);
  static constexpr std::size_t outcomes = static_cast<std::size_t>(Outcome::count_);
  using Table = std::array<Counter, kinds * 256 * outcomes>;

  static std::size_t index(const Finding& finding);

  std::atomic<Table*> table_{nullptr};  // written once, by the shard
  std::vector<Finding> first_;          // not yet taken
};

}  // namespace gateway::policy
