// The table of keys says what the parser says: both are asked about every key, by changing one key of a file
// that has them all.
#include "config/keys.h"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include "config/load.h"
#include "config/print.h"
#include "config/reload.h"

namespace gateway::config {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string every_key = std::string(GATEWAY_SOURCE_DIR) + "/tests/data/every_key.yaml";
const std::string unlike_any = "zzzzzzzzzz";

/// Does something with the key of this name in a map; false: it isn't one that can be meant.
using Change = std::function<bool(YAML::Node map, const std::string& name)>;
using Path = std::vector<std::string>;

Path split(std::string_view path) {
  Path words;
  std::istringstream in{std::string(path)};
  for (std::string word; std::getline(in, word, '.');) words.push_back(word);
  return words;
}

/// Changes the first map there is at the path; a list is looked through, and so are names for a star.
bool change(const YAML::Node& node, Path path, const Change& how) {
  const bool star = path.front() == "*";
  if (node.IsSequence() || (star && node.IsMap())) {
    if (star) path.erase(path.begin());
    for (const auto& entry : node) {
      if (change(node.IsMap() ? entry.second : static_cast<const YAML::Node&>(entry), path, how)) return true;
    }
    return false;
  }
  if (!node.IsMap()) return false;
  const std::string name = path.front();
  if (path.size() == 1) return how(node, name);
  path.erase(path.begin());
  const YAML::Node child = node[name];
  return child.IsDefined() && change(child, path, how);
}

/// The file with every key, changed at a path; nothing when no map is there.
std::optional<std::string> changed(std::string_view path, const Change& how) {
  const YAML::Node root = YAML::LoadFile(every_key);
  if (!change(root, split(path), how)) return std::nullopt;
  return YAML::Dump(root);
}

/// What the loader says of a file; "" when it takes it.
std::string sentence_of(const std::optional<std::string>& text) {
  if (!text) return "there is no such key in the file";
  try {
    load_text(*text, "f.yaml");
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

std::string sentence_with(std::string_view path, const std::string& value) {
  return sentence_of(changed(path, [&](YAML::Node map, const std::string& name) {
    if (name != unlike_any && !map[name].IsDefined()) return false;
    map[name] = YAML::Load(value);
    return true;
  }));
}

std::string sentence_without(std::string_view path) {
  return sentence_of(changed(path, [](YAML::Node map, const std::string& name) { return map.remove(name); }));
}

/// What stands between two parts of a text.
std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const std::size_t from = text.find(begin);
  if (from == std::string::npos) return "nothing in: " + text;
  const std::size_t start = from + begin.size();
  return text.substr(start, text.find(end, start) - start);
}

std::string last_word(std::string_view path) {
  return std::string(path.substr(path.rfind('.') + 1));
}

std::string without_last_word(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? std::string() : std::string(path.substr(0, dot + 1));
}

bool below_a_list(std::string_view path) {
  return path.starts_with("upstreams.*.servers.") || path.starts_with("encryption.rules.");
}

std::string without_quotes(std::string text) {
  std::erase(text, '"');
  return text;
}

/// The names by the map they are in: "limits." → sessions, memory, …
std::map<std::string, std::set<std::string>> names_by_map() {
  std::map<std::string, std::set<std::string>> maps;
  for (const Key& key : keys()) maps[without_last_word(key.path)].insert(last_word(key.path));
  return maps;
}

TEST(Keys, OfEachMapAreThoseTheParserKnows) {
  const auto maps = names_by_map();
  EXPECT_EQ(maps.size(), 19U);
  for (const auto& [map, names] : maps) {
    std::istringstream told(between(sentence_with(map + unlike_any, "1"), "; known here: ", "\n"));
    std::set<std::string> known;
    for (std::string name; std::getline(told >> std::ws, name, ',');) known.insert(name);
    EXPECT_EQ(known, names) << map;
  }
}

TEST(Keys, AreRequiredWhereTheParserMissesThem) {
  for (const Key& key : keys()) {
    const std::string missing = "the key \"" + last_word(key.path) + "\" is missing here; write ";
    if (key.required) {
      EXPECT_THAT(sentence_without(key.path), HasSubstr(missing)) << key.path;
    } else {
      EXPECT_THAT(sentence_without(key.path), Not(HasSubstr(" is missing here"))) << key.path;
      EXPECT_THAT(sentence_without(key.path), Not(HasSubstr("no such key"))) << key.path;
    }
  }
}

TEST(Keys, HaveTheRangesOfTheParser) {
  std::size_t ranges = 0;
  for (const Key& key : keys()) {
    if (key.range.empty()) continue;
    const std::string value = key.kind == Kind::duration  ? "99999h"
                              : key.kind == Kind::size    ? "9999999GiB"
                              : key.kind == Kind::rate    ? "99999999/s"
                              : key.kind == Kind::numbers ? "[99999999999]"
                                                          : "99999999999";
    EXPECT_THAT(sentence_with(key.path, value), HasSubstr(" from " + std::string(key.range) + ", not "))
        << key.path;
    ++ranges;
  }
  EXPECT_GT(ranges, 20U);
}

TEST(Keys, OfAQuantityOrNumberWithoutARangeAreNone) {
  for (const Key& key : keys()) {
    const bool measured = key.kind == Kind::duration || key.kind == Kind::size || key.kind == Kind::rate ||
                          key.kind == Kind::number || key.kind == Kind::numbers;
    EXPECT_EQ(key.range.empty(), !measured) << key.path;
  }
}

TEST(Keys, HaveTheUnitsOfTheParser) {
  const std::map<Kind, std::string> sentences = {{Kind::duration, "a duration with its unit (ms, s, m, h)"},
                                                 {Kind::size, "a size with its unit (B, KiB, MiB, GiB)"},
                                                 {Kind::rate, "a rate with its unit (/s)"},
                                                 {Kind::number, "a whole number"},
                                                 {Kind::numbers, "a whole number"}};
  for (const Key& key : keys()) {
    const auto sentence = sentences.find(key.kind);
    if (sentence == sentences.end()) continue;
    const std::string value = key.kind == Kind::numbers ? "[" + unlike_any + "]" : unlike_any;
    EXPECT_THAT(sentence_with(key.path, value), HasSubstr(" must be " + sentence->second)) << key.path;
  }
}

TEST(Keys, HaveTheChoicesOfTheParser) {
  for (const Key& key : keys()) {
    if (key.kind == Kind::boolean) {
      EXPECT_THAT(sentence_with(key.path, unlike_any), HasSubstr("one of true | false, not ")) << key.path;
    }
    if (key.kind != Kind::choice || key.path == "encryption.rules.otherwise") continue;
    const std::string told = sentence_with(key.path, unlike_any);
    if (key.words.find('|') == std::string_view::npos) {
      EXPECT_THAT(told, HasSubstr(" can only be " + std::string(key.words) + ";")) << key.path;
    } else {
      EXPECT_EQ(between(told, " must be one of ", ", not "), key.words) << key.path;
    }
  }
}

TEST(Keys, OfARuleHaveTheChoicesOfBothSorts) {
  const auto told = [](const std::string& rule) {
    return between(sentence_with("encryption.rules", "[" + rule + "]"), " must be one of ", ", not ");
  };
  EXPECT_EQ(told("{ operations: [1], require: encrypted, otherwise: zzz }") + " | " +
                told("{ events: [1], to_client: encrypted, otherwise: zzz }"),
            find_key("encryption.rules.otherwise")->words);
}

TEST(Keys, TakeTheWordsThatStandForAValue) {
  std::size_t words = 0;
  for (const Key& key : keys()) {
    if (key.words != "off" && key.words != "auto") continue;
    EXPECT_EQ(sentence_with(key.path, std::string(key.words)), "") << key.path;
    ++words;
  }
  EXPECT_EQ(words, 8U);
}

TEST(Keys, TakeNoWordWhereNoneIsNamed) {
  for (const Key& key : keys()) {
    if (key.kind == Kind::file || key.kind == Kind::name || key.words == "off" || key.words == "auto")
      continue;
    EXPECT_NE(sentence_with(key.path, "off"), "") << key.path;
    EXPECT_NE(sentence_with(key.path, "auto"), "") << key.path;
  }
}

TEST(Keys, HaveTheSchemesOfTheParser) {
  const std::set<std::string> all = {"udp", "tcp", "ws", "wss", "http"};
  const auto schemes_of = [](const Key& key) {
    std::set<std::string> schemes;
    std::istringstream in{std::string(key.words)};
    for (std::string word; in >> word;) schemes.insert(word);
    schemes.erase("|");
    return schemes;
  };
  for (const Key& key : keys()) {
    if (key.kind != Kind::url) continue;
    for (const std::string& scheme : all) {
      const std::string told = sentence_with(key.path, scheme + "://127.0.0.1:5999");
      const bool refused = told.find("no server is reached over") != std::string::npos ||
                           told.find("is only for the admin port") != std::string::npos ||
                           told.find("speaks http only") != std::string::npos;
      EXPECT_EQ(schemes_of(key).contains(scheme), !refused) << key.path << " " << scheme << " " << told;
    }
  }
}

TEST(Keys, HaveTheDefaultsThatArePrinted) {
  const auto printed = flatten(from_command_line("udp://0.0.0.0:5055", "udp://127.0.0.1:15055"));
  std::set<std::string_view> found;
  for (const auto& [path, value] : printed) {
    const Key* const key = find_key(path);
    ASSERT_NE(key, nullptr) << path;
    found.insert(key->path);
    const bool has_default = !key->required || !key->preset.empty();
    EXPECT_EQ(has_default ? without_quotes(value) : "", key->preset) << path;
  }
  for (const Key& key : keys()) {
    if (below_a_list(key.path) || key.preset.empty()) continue;
    EXPECT_TRUE(found.contains(key.path)) << key.path;
  }
}

TEST(Keys, BelowAListHaveTheDefaultsOfTheirStructs) {
  const net::ServerOptions server{};
  EXPECT_EQ(find_key("upstreams.*.servers.state")->preset, name(server.state));
  EXPECT_EQ(find_key("upstreams.*.servers.trusted")->preset, server.trusted ? "true" : "false");
  EXPECT_EQ(find_key("upstreams.*.servers.advertised")->preset, "[]");
  EXPECT_TRUE(server.advertised.empty());
  const Config rules = load_text(
      *changed("encryption.rules",
               [](YAML::Node map, const std::string& name) {
                 map[name] = YAML::Load(
                     "[{ operations: [1], require: encrypted }, { events: [1], to_client: encrypted }]");
                 return true;
               }),
      "f.yaml");
  EXPECT_THAT(print(rules), HasSubstr("otherwise: reject }"));
  EXPECT_THAT(print(rules), HasSubstr("otherwise: clear }"));
  EXPECT_EQ(find_key("encryption.rules.otherwise")->preset, "reject, clear");
}

}  // namespace
}  // namespace gateway::config
