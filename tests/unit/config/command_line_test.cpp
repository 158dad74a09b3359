#include "config/command_line.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/error.h"

namespace gateway::config {
namespace {

const std::string minimal = std::string(GATEWAY_SOURCE_DIR) + "/config/minimal.yaml";

struct Outcome {
  CommandLine line;
  std::string out;
  std::string error;
};

Outcome run(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "photon-gateway");
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  CommandLine line =
      read_command_line(static_cast<int>(arguments.size()), arguments.data(), "photon-gateway 1.2.3");
  std::string out = testing::internal::GetCapturedStdout();
  return {std::move(line), std::move(out), testing::internal::GetCapturedStderr()};
}

void expect_usage_error(const Outcome& outcome, const std::string& words) {
  EXPECT_EQ(outcome.line.action, Action::leave);
  EXPECT_EQ(outcome.line.exit_code, exit_usage);
  EXPECT_THAT(outcome.error, testing::HasSubstr(words));
}

TEST(CommandLine, RunsWithAFile) {
  const Outcome outcome = run({"--config", minimal.c_str()});
  EXPECT_EQ(outcome.line.action, Action::run);
  EXPECT_EQ(outcome.line.file, minimal);
  EXPECT_EQ(outcome.line.config.net.listeners.size(), 1u);
}

TEST(CommandLine, RunsWithAListenerAndAServer) {
  const Outcome outcome = run({"--listen", "udp://127.0.0.1:5055", "--upstream", "udp://127.0.0.1:15055"});
  EXPECT_EQ(outcome.line.action, Action::run);
  EXPECT_EQ(outcome.line.config.net.pools.at(0).servers.at(0).address.port, 15055);
}

TEST(CommandLine, ChecksOrPrints) {
  EXPECT_EQ(run({"--config", minimal.c_str(), "--check-config"}).line.action, Action::check);
  EXPECT_EQ(run({"--config", minimal.c_str(), "--print-config"}).line.action, Action::print);
}

TEST(CommandLine, TellsItsVersionAndLeaves) {
  const Outcome outcome = run({"--version"});
  EXPECT_EQ(outcome.line.action, Action::leave);
  EXPECT_EQ(outcome.line.exit_code, 0);
  EXPECT_EQ(outcome.out, "photon-gateway 1.2.3\n");
}

TEST(CommandLine, ExplainsItselfAndLeaves) {
  const Outcome outcome = run({"--help"});
  EXPECT_EQ(outcome.line.action, Action::leave);
  EXPECT_EQ(outcome.line.exit_code, 0);
  for (const char* option :
       {"--config", "--check-config", "--print-config", "--version", "--listen", "--upstream"}) {
    EXPECT_THAT(outcome.out, testing::HasSubstr(option));
  }
}

TEST(CommandLine, NeedsToKnowWhatToForward) {
  expect_usage_error(run({}), "--config, or --listen and --upstream, is required");
  expect_usage_error(run({"--listen", "udp://127.0.0.1:5055"}), "--listen requires --upstream");
  expect_usage_error(run({"--upstream", "udp://127.0.0.1:5055"}), "--upstream requires --listen");
}

TEST(CommandLine, TakesAFileOrAddressesButNotBoth) {
  expect_usage_error(
      run({"--config", minimal.c_str(), "--listen", "udp://127.0.0.1:1", "--upstream", "udp://127.0.0.1:2"}),
      "excludes");
}

TEST(CommandLine, KnowsNoOtherOption) {
  expect_usage_error(run({"--verbose"}), "--verbose");
}

TEST(CommandLine, LeavesAConfigurationThatCannotBeUsedToTheCaller) {
  EXPECT_THROW(run({"--config", "/nowhere.yaml"}), Error);
  testing::internal::GetCapturedStdout();
  testing::internal::GetCapturedStderr();
}

}  // namespace
}  // namespace gateway::config
