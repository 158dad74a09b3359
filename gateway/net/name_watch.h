#pragma once

#include <memory>
#include <thread>
#include <vector>

#include "base/time.h"
#include "net/server_name.h"

namespace gateway::net {

/// Resolves the servers' names again and again, on a thread of its own since the system's resolver blocks.
class NameWatch {
 public:
  /// Begins `interval` from now; does nothing without names.
  NameWatch(std::vector<ServerName> names, Resolve resolve, Duration interval);
  /// Ends at once. A question under way can't be called back: its thread waits for the answer on its own and
  /// then ends without a word.
  ~NameWatch();
  NameWatch(const NameWatch&) = delete;
  NameWatch& operator=(const NameWatch&) = delete;

 private:
  struct State;
  std::shared_ptr<State> state_;
  std::thread thread_;
};

}  // namespace gateway::net
