#pragma once

#include <cstdint>

#include "base/time.h"
#include "upstream/options.h"

namespace gateway::upstream {

/// What an outcome made of a server.
enum class Change : std::uint8_t { none, went_down, went_up };

/// Whether one server is up, as the outcomes of connects and probes tell. It begins up: nothing speaks
/// against it.
class Health {
 public:
  Health(const HealthOptions& options, TimePoint now);

  /// Counts from now on by these.
  void use(const HealthOptions& options) { options_ = options; }

  /// It answered a connect or a probe.
  Change succeeded(TimePoint now);
  /// It didn't.
  Change failed(TimePoint now);

  bool up() const { return up_; }
  /// The last failure; of no meaning while there was none.
  TimePoint failed_at() const { return failed_at_; }

  /// Where nothing is probed only a client can find out that a server is back: true when it is down and one
  /// may try.
  bool wants_trial(TimePoint now) const;
  void trial_begins(TimePoint now) { tried_at_ = now; }

  /// When it is to be probed, a success before that puts it off; `never` without probes.
  TimePoint probe_due() const;
  void probe_begins(TimePoint now) { tried_at_ = now; }

 private:
  HealthOptions options_;
  bool up_ = true;
  std::uint32_t in_row_ = 0;  // outcomes against up_
  TimePoint succeeded_at_;
  TimePoint failed_at_{};
  TimePoint tried_at_{};
};

}  // namespace gateway::upstream
