#include "config/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

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
                                    R"(","level":"info","message":"say \\"hi\\"\\u000a"\})" + "\n"));
}

TEST(Log, EscapesForJson) {
  EXPECT_EQ(json_escaped("plain ü"), "plain ü");
  EXPECT_EQ(json_escaped("a\"b\\c"), R"(a\"b\\c)");
  EXPECT_EQ(json_escaped(std::string("\0\x1f\x7f", 3)), R"(\u0000\u001f\u007f)");
}

}  // namespace
}  // namespace gateway::config
