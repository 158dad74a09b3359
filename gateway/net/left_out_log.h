#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/log_line.h"
#include "net/stats.h"

namespace gateway::net {

/// What the log says of records of sessions that were left out (see RecordMeter). It only compares counters.
class LeftOutLog {
 public:
  /// What is to be said now, if there is anything; asked about once a second: how many, and what most
  /// sessions ended by since the last call, those included whose records were written.
  std::optional<LogLine> take(const std::vector<const ShardStats*>& shards);

 private:
  using Ends = std::array<std::uint64_t, static_cast<std::size_t>(session::End::count_)>;

  static Ends ends_of(const std::vector<const ShardStats*>& shards);

  std::uint64_t told_ = 0;
  Ends ends_{};  // at the last call
};

}  // namespace gateway::net
