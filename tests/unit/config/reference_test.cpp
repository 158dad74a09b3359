// config/keys.cpp is the one source of config/README.md and config/schema.json.
//
//   GATEWAY_WRITE_REFERENCE=1 build/release/tests/unit_tests --gtest_filter='ConfigReference.*'
//
// writes both.
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "config/keys.h"
#include "support/config_reference.h"
#include "support/config_schema.h"

namespace gateway::config {
namespace {

std::string path_of(const std::string& name) {
  return std::string(GATEWAY_SOURCE_DIR) + "/config/" + name;
}

std::string file(const std::string& name) {
  std::ostringstream text;
  text << std::ifstream(path_of(name)).rdbuf();
  return text.str();
}

void compare(const std::string& name, const std::string& text) {
  if (std::getenv("GATEWAY_WRITE_REFERENCE") != nullptr) std::ofstream(path_of(name)) << text;
  EXPECT_EQ(file(name), text) << "see the top of this file";
}

TEST(ConfigReference, IsThatOfTheReadme) {
  compare("README.md", config_reference());
}

TEST(ConfigReference, IsThatOfTheSchema) {
  compare("schema.json", pretty(config_schema()));
}

TEST(ConfigReference, HasEachKeyOnceWithASentenceThatFitsACell) {
  std::set<std::string_view> paths;
  for (const Key& key : keys()) {
    EXPECT_TRUE(paths.insert(key.path).second) << key.path << " is there twice";
    EXPECT_EQ(find_key(key.path), &key) << key.path << " is taken for another";
    EXPECT_TRUE(key.meaning.ends_with('.')) << key.path;
    EXPECT_EQ(key.meaning.find('|'), std::string_view::npos) << key.path;
  }
}

TEST(ConfigReference, HasEachKeyInTheFullExample) {
  const std::string full = file("full.yaml");
  for (const Key& key : keys()) {
    const std::string name(key.path.substr(key.path.rfind('.') + 1));
    EXPECT_NE(full.find(name + ":"), std::string::npos) << key.path;
  }
  EXPECT_TRUE(full.starts_with("# yaml-language-server: $schema=schema.json\n"));
}

}  // namespace
}  // namespace gateway::config
