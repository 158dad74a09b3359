#include "support/wall_clock.h"

#include <cstdlib>
#include <ctime>
#include <fstream>

namespace gateway::test {

WallClock::WallClock() : file_(".wall-clock", std::string(sizeof(long), '\0')) {}

std::vector<std::string> WallClock::launcher() const {
  const char* const sanitizer = std::getenv("ASAN_OPTIONS");  // which insists on coming first
  return {"/usr/bin/env", "LD_PRELOAD=" + built_program("tests/libwall_clock_preload.so"),
          "GATEWAY_TEST_WALL_CLOCK=" + file_.path(),
          "ASAN_OPTIONS=" + std::string(sanitizer == nullptr ? "" : sanitizer) + ":verify_asan_link_order=0"};
}

void WallClock::step(int years) {
  constexpr long seconds_a_year = 365L * 24 * 3600;
  seconds_ahead_ = years * seconds_a_year;
  std::fstream file(file_.path(), std::ios::in | std::ios::out | std::ios::binary);
  file.write(reinterpret_cast<const char*>(&seconds_ahead_), sizeof seconds_ahead_);
}

int WallClock::year() const {
  const std::time_t now = std::time(nullptr) + seconds_ahead_;
  std::tm date{};
  ::gmtime_r(&now, &date);
  return date.tm_year + 1900;
}

}  // namespace gateway::test
