#pragma once

#include <string>

#include <gtest/gtest.h>

#include "end_to_end/gateway_process.h"

namespace gateway::test {

/// Runs tests/javascript/play.js; a test is skipped where node or the client isn't installed.
class JavaScript : public testing::Test {
 protected:
  void SetUp() override;

  /// `first` is what the URL leads to: "master" or "name".
  Finished play(const std::string& url, int limit_seconds = 15, const std::string& first = "master") const;

  const TestCertificate certificate_;
};

}  // namespace gateway::test
