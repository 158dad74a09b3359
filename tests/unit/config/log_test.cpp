#include "config/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include "base/log_line.h"

namespace gateway::config {
namespace {

/// What the log writes while one message is logged; the default logger is put back afterwards.
std::string logged(LogOptions options, const std::string& message) {
  const auto before = spdlog::default_logger();
  testing::internal::CaptureStdout();
  {
    const Log log(options);
    spdlog::info("{}", message);
    spdlog::debug("not at level info");
  }
  const std::string text = testing::internal::GetCapturedStdout();
  spdlog::set_default_logger(before);
  return text;
}

constexpr const char* time = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z";

TEST(Log, WritesTimeLevelAndMessage) {
  EXPECT_THAT(logged({}, "a message"), testing::MatchesRegex(std::string(time) + " info a message\n"));
}

TEST(Log, WritesJsonLines) {
  EXPECT_THAT(logged({.level = LogLevel::info, .format = LogFormat::json}, "say \"hi\"\n"),
              testing::MatchesRegex(std::string(R"(\{"time":")") + time +
                                    R"(","level":"info","event":"say \\"hi\\"\\u000a"\})" + "\n"));
}

TEST(Log, WritesRecordsInEitherFormat) {
  const LogLine record = LogLine("server up").text("upstream", "games").number("count", 2);
  EXPECT_THAT(logged({}, record.str()),
              testing::MatchesRegex(std::string(time) + " info server up upstream=games count=2\n"));
  EXPECT_THAT(
      logged({.level = LogLevel::info, .format = LogFormat::json}, record.str()),
      testing::MatchesRegex(std::string(R"(\{"time":")") + time +
                            R"(","level":"info","event":"server up","upstream":"games","count":2\})" + "\n"));
}

}  // namespace
}  // namespace gateway::config
