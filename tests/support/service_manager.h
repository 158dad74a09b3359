#pragma once

#include <string>

#include "base/time.h"

namespace gateway::test {

/// A service manager's socket; while it lives, NOTIFY_SOCKET in the environment names it. What else a manager
/// sets there (WATCHDOG_USEC, WATCHDOG_PID) is taken out with it. Throws when the socket can't be had.
class ServiceManager {
 public:
  ServiceManager();
  ~ServiceManager();
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  /// The next message; empty when none comes within `limit`.
  std::string heard(Duration limit = Duration::zero()) const;

 private:
  const std::string path_;
  const int socket_;
};

}  // namespace gateway::test
