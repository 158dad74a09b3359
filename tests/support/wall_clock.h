#pragma once

#include <string>
#include <vector>

#include "support/process.h"

namespace gateway::test {

/// The wall clock of programs that are run by its launcher. Other clocks stay as they are.
class WallClock {
 public:
  WallClock();

  /// Words before a command line that make the program read this clock.
  std::vector<std::string> launcher() const;
  /// From now on it is so many years ahead of the real one, or behind.
  void step(int years);
  /// The year it shows (UTC).
  int year() const;

 private:
  TemporaryFile file_;  // seconds that are added, as the preloaded library reads them
  long seconds_ahead_ = 0;
};

}  // namespace gateway::test
