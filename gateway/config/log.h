#pragma once

#include <cstdint>
#include <memory>

#include "config/config.h"

namespace spdlog {
class logger;
}

namespace gateway::config {

class LogSink;

/// The process's log for as long as it lives: to stdout, one line a message, written by a thread of its own
/// so that a slow reader of the log never stalls traffic (then the oldest waiting lines are lost), and
/// neither does a log that can't be written. What is lost is counted. The destructor writes out what waits,
/// for at most two seconds. text: `2026-01-31T12:00:00.000Z info event key=value`; json:
/// `{"time":"…","level":"info","event":"event","key":value}`.
class Log {
 public:
  explicit Log(const LogOptions& options);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  /// Lines lost up to now: those that couldn't be written, and those that waited in vain.
  std::uint64_t lines_dropped() const;
  /// From now on lines of this level and above.
  void use(LogLevel level) const;

  /// True when nobody read the log at its end: a thread still waits to write, so the process must end by
  /// _Exit.
  static bool abandoned();

 private:
  std::shared_ptr<LogSink> sink_;
  std::shared_ptr<spdlog::logger> logger_;  // outlives the thread that writes
};

}  // namespace gateway::config
