// Files of tests/data/bad_config, each with one mistake. The first line of a file is a comment: the mistake's
// line and column, and what the sentence about it must say.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/keys.h"
#include "config/load.h"

namespace gateway::config {
namespace {

const std::string folder = std::string(GATEWAY_SOURCE_DIR) + "/tests/data/bad_config";

std::vector<std::string> bad_files() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.push_back(entry.path().stem());
  std::sort(names.begin(), names.end());
  return names;
}

class BadFile : public testing::TestWithParam<std::string> {};

TEST_P(BadFile, IsRefusedWithThePlaceAndTheHint) {
  const std::string path = folder + "/" + GetParam() + ".yaml";
  std::ifstream file(path);
  std::string first;
  std::getline(file, first);
  ASSERT_TRUE(first.starts_with("# ")) << first;
  const std::size_t said = first.find(": ");
  ASSERT_NE(said, std::string::npos) << first;
  try {
    load_file(path);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::StartsWith(path + ":" + first.substr(2, said)));
    EXPECT_THAT(error.what(), testing::HasSubstr(first.substr(said + 2)));
  }
}

INSTANTIATE_TEST_SUITE_P(Of, BadFile, testing::ValuesIn(bad_files()),
                         [](const auto& file) { return file.param; });

TEST(BadFiles, AreManyAndAboutEverySection) {
  const std::vector<std::string> names = bad_files();
  EXPECT_GE(names.size(), 60U);
  std::string all;
  for (const std::string& name : names) {
    std::ifstream file(folder + "/" + name + ".yaml");
    for (std::string line; std::getline(file, line);) all += line + "\n";
  }
  for (const Key& key : keys()) {
    const std::string_view section = key.path.substr(0, key.path.find('.'));
    EXPECT_THAT(all, testing::HasSubstr("\n" + std::string(section) + ":")) << key.path;
  }
}

}  // namespace
}  // namespace gateway::config
