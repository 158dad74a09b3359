#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/time.h"
#include "net/options.h"

namespace gateway::net {

/// How far the process is on its way out.
enum class DrainPhase : std::uint8_t {
  serving,     // not at all
  announcing,  // it says that it isn't ready, and accepts everything
  refusing,    // it waits for its sessions to end and takes no new ones
  ending,      // it tells those that are left to go, one after another
  over,        // nobody is left, or all were told
};

/// The word of the log.
constexpr std::string_view name(DrainPhase phase) {
  switch (phase) {
    case DrainPhase::serving:
      return "serving";
    case DrainPhase::announcing:
      return "announcing";
    case DrainPhase::refusing:
      return "refusing";
    case DrainPhase::ending:
      return "ending";
    case DrainPhase::over:
      return "over";
  }
  return {};
}

/// What SIGTERM sets off, phase by phase; see DrainOptions. Knows neither signals nor sessions: their number
/// is an argument, as the time is.
class Drain {
 public:
  static constexpr Duration spread_max = seconds(10);  // of those told at the deadline: they all come back to
                                                       // some other gateway

  /// The process is to end. A second time: at once, and all are told together.
  void begin(const DrainOptions& options, TimePoint now);
  /// The phase now. Phases only go forward, and each may be over at once.
  DrainPhase advance(TimePoint now, std::size_t sessions);

  DrainPhase phase() const { return phase_; }
  /// While ending: the part of the sessions that is to be told by now, 0 to 1.
  double share(TimePoint now) const;
  /// False once a session had to be told.
  bool drained() const { return drained_; }

 private:
  DrainPhase phase_ = DrainPhase::serving;
  TimePoint refuse_at_ = never;
  TimePoint end_at_ = never;
  Duration spread_{};
  bool drained_ = true;
};

}  // namespace gateway::net
