#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/log_line.h"
#include "base/time.h"
#include "net/options.h"
#include "net/stats.h"

namespace gateway::net {

/// Datagrams or connections of one listener that no session had, dropped for one reason since the start.
struct Drop {
  std::string_view listener;
  /// Rejection, HandshakeResult, or: no_session, region_ping (over the rate), region_ping_share (over the
  /// share of a source), receive_buffer.
  std::string_view reason;
  bool warning = false;  // a limit of ours or of the system was met; otherwise it is the client's doing
  std::uint64_t count = 0;
};

/// All there are, also those that didn't happen, always in the same order. The views live as long as
/// `listeners`.
std::vector<Drop> drops_of(const std::vector<ListenerOptions>& listeners,
                           const std::vector<const ShardStats*>& shards);

/// What the log says of them: the first of a reason and listener when it is seen, then one line a window with
/// how many there were. Never an address. It only compares counters, so drops cost nothing here.
class DropLog {
 public:
  static constexpr Duration window = seconds(10);
  struct Line {
    bool warning = false;
    LogLine text;
  };

  /// What is to be said now; asked about once a second. `drops` as drops_of() gives them. `last`: nobody asks
  /// again, so windows that are open end too.
  std::vector<Line> take(const std::vector<Drop>& drops, TimePoint now, bool last = false);

 private:
  struct Told {
    std::uint64_t count = 0;
    TimePoint since{};
    bool open = false;  // a window, in which what comes is only counted
  };
  std::vector<Told> told_;  // by index of the drops
};

}  // namespace gateway::net
