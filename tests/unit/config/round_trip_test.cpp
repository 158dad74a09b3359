// What --print-config prints means what the file meant.
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include "config/keys.h"
#include "config/load.h"
#include "config/print.h"
#include "config/reload.h"

namespace gateway::config {
namespace {

const std::string source = GATEWAY_SOURCE_DIR;
const std::string every_key = source + "/tests/data/every_key.yaml";

std::string read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::vector<std::string> examples() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(source + "/config")) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  return files;
}

/// Every plain value that a file states, by its path; listeners by name.
void add_values(const YAML::Node& node, const std::string& path, std::map<std::string, std::string>& out) {
  if (node.IsScalar()) out[path] = node.Scalar();
  if (!node.IsMap()) return;
  for (const auto& entry : node)
    add_values(entry.second, (path.empty() ? "" : path + ".") + entry.first.Scalar(), out);
}

std::map<std::string, std::string> values_of(const std::string& file) {
  const YAML::Node root = YAML::LoadFile(file);
  std::map<std::string, std::string> values;
  add_values(root, "", values);
  for (const YAML::Node& listener : root["listeners"])
    add_values(listener, "listeners." + listener["name"].Scalar(), values);
  return values;
}

TEST(RoundTrip, OfAnExampleChangesNothing) {
  ASSERT_GE(examples().size(), 3U);
  for (const std::string& file : examples()) {
    const Config config = load_file(file);
    const Config again = load_text(print(config), "printed");
    EXPECT_EQ(print(again), print(config)) << file;
    EXPECT_TRUE(changes(config, again).empty()) << file;
    EXPECT_EQ(again.net.pools, config.net.pools) << file;
  }
}

TEST(RoundTrip, PrintsWhatAnExampleSays) {
  for (const std::string& file : examples()) {
    const auto printed = flatten(load_file(file));
    const auto values = values_of(file);
    EXPECT_GE(values.size(), 4U) << file;
    for (const auto& [path, value] : values) {
      ASSERT_TRUE(printed.contains(path)) << file << " " << path;
      EXPECT_EQ(printed.at(path), value) << file << " " << path;
    }
  }
}

// Printed as it is written, it is read to the same again.
TEST(RoundTrip, OfAFileWithEveryKeyIsThatFile) {
  EXPECT_EQ(print(load_file(every_key)), read(every_key));
}

TEST(RoundTrip, OfAFileWithEveryKeyHasNoDefaultInIt) {
  std::set<std::string_view> stated;
  for (const auto& [path, value] : flatten(load_file(every_key))) {
    const Key* const key = find_key(path);
    ASSERT_NE(key, nullptr) << path;
    stated.insert(key->path);
    std::string plain = value;
    std::erase(plain, '"');
    EXPECT_NE(plain, key->preset) << path;
  }
  const std::string text = read(every_key);
  for (const Key& key : keys()) {
    const std::string word(key.path.substr(key.path.rfind('.') + 1));
    const bool in_list = key.path.find("servers.") != std::string_view::npos ||
                         key.path.find("rules.") != std::string_view::npos;
    const bool holds_keys = key.kind == Kind::map || key.kind == Kind::named_maps || key.path == "listeners";
    EXPECT_THAT(text, testing::HasSubstr(word + ":")) << key.path;
    EXPECT_TRUE(in_list || holds_keys || stated.contains(key.path)) << key.path;
  }
}

}  // namespace
}  // namespace gateway::config
