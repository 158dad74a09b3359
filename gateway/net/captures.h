#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "base/address.h"
#include "base/time.h"
#include "net/capture_file.h"
#include "net/options.h"
#include "session/capture.h"

namespace gateway::net {

/// A session that is captured: its lines, and where they go.
struct CapturedSession {
  session::Capture capture;
  std::shared_ptr<CaptureFile> file;
  TimePoint until;
};

/// The captures of a process, one at a time: asked for by the operator, then taken by the next session of any
/// shard that the options mean. Thread-safe.
class Captures {
 public:
  Captures() = default;
  /// Waits for the disk, but not for ever.
  ~Captures();
  Captures(const Captures&) = delete;
  Captures& operator=(const Captures&) = delete;

  /// How long a capture waits for its session: who asked for it still looks at it. Nobody's session is to be
  /// written down days later, when the one that was meant never came.
  static constexpr Duration waits_max = minutes(10);

  /// The operator's signal: waits for a session, or ends what waits or runs. The log says what came of it,
  /// also that captures are off or why the file can't be had.
  void signalled(const CaptureOptions& options, TimePoint now);

  /// Ends what has waited too long; asked about once a second.
  void expire(TimePoint now);

  /// Captures are off from now on: what waits or runs ends.
  void switched_off();

  /// True while one waits for a session; a look without a lock.
  bool wait() const { return waits_.load(std::memory_order_relaxed); }
  /// Captures this session, if one waits and means it; otherwise empty.
  std::shared_ptr<CapturedSession> take(const std::string& listener, const Address& client, TimePoint now);

 private:
  std::mutex mutex_;
  std::shared_ptr<CaptureFile> file_;  // these three under mutex_; the last one, even when it is over
  CaptureOptions options_;
  TimePoint waits_until_{};
  std::atomic<bool> waits_{false};
};

}  // namespace gateway::net
