// The wall clock may be stepped at any time, so nothing waits on it. The program reads it once, to say when
// it started, and compares certificates with it when it reads them; the log's library takes the time of a
// line.
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>

#include <gtest/gtest.h>

namespace gateway {
namespace {

/// The files of the program that read the wall clock.
std::set<std::string> readers_of_the_wall_clock(const std::filesystem::path& folder) {
  static const std::regex clock(
      R"(system_clock|CLOCK_REALTIME|gettimeofday|system_timer|\bstd::time\b|::time\(|_current_time)");
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string end = entry.path().extension();
    if (end != ".cpp" && end != ".h") continue;
    std::ifstream in(entry.path());
    for (std::string line; std::getline(in, line);) {
      if (std::regex_search(line, clock)) files.insert(entry.path().lexically_relative(folder));
    }
  }
  return files;
}

TEST(WallClock, IsReadForStartAndReloadAndForCertificatesAlone) {
  EXPECT_EQ(readers_of_the_wall_clock(GATEWAY_SOURCE_DIR "/gateway"),
            (std::set<std::string>{"net/tls.cpp", "service/service.cpp"}));
}

}  // namespace
}  // namespace gateway
