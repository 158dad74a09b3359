#include "end_to_end/javascript.h"

#include <filesystem>

namespace gateway::test {

namespace {
const std::string folder = GATEWAY_SOURCE_DIR "/tests/javascript";
}

void JavaScript::SetUp() {
  if (run({"/usr/bin/env", "node", "--version"}).status != 0) GTEST_SKIP() << "node isn't installed";
  if (!std::filesystem::exists(folder + "/node_modules/photon-realtime")) {
    GTEST_SKIP() << "the client isn't installed: npm ci --prefix tests/javascript";
  }
}

Finished JavaScript::play(const std::string& url, int limit_seconds, const std::string& first) const {
  const std::string trusted = "NODE_EXTRA_CA_CERTS=" + certificate_.certificate();
  return run(
      {"/usr/bin/env", trusted, "node", folder + "/play.js", url, std::to_string(limit_seconds), first},
      seconds(limit_seconds) + patience);
}

}  // namespace gateway::test
