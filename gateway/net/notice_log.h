#pragma once

#include <mutex>
#include <set>
#include <string>
#include <tuple>

#include "base/log_line.h"
#include "session/notices.h"

namespace gateway::net {

/// Logs what sessions of any shard noted, each thing once a listener. Thread-safe.
class NoticeLog {
 public:
  void write(const std::string& listener, const session::Notices::Noted& noted);

 private:
  using Key = std::tuple<std::string, session::Notice, std::string>;
  std::mutex mutex_;
  std::set<Key> written_;  // under mutex_; as many as Notices keep
};

/// The line of the log. Says what to do about it.
LogLine describe(const std::string& listener, const session::Notices::Noted& noted);

}  // namespace gateway::net
