// config/schema.json, as an editor uses it: the examples are what it wants, and mistakes aren't.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <string>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

namespace gateway::config {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

const std::string source = GATEWAY_SOURCE_DIR;

std::string read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// A YAML 1.2 file as an editor understands it: only what has no quotes is a number, true, false or null.
json::value as_json(const YAML::Node& node) {
  if (node.IsMap()) {
    json::object map;
    for (const auto& entry : node) map[entry.first.Scalar()] = as_json(entry.second);
    return map;
  }
  if (node.IsSequence()) {
    json::array list;
    for (const YAML::Node& element : node) list.push_back(as_json(element));
    return list;
  }
  const std::string text = node.IsNull() ? "null" : node.Scalar();
  const bool plain = node.Tag() != "!";
  if (plain && (text == "null" || text == "~")) return nullptr;
  if (plain && (text == "true" || text == "false")) return text == "true";
  if (plain && std::regex_match(text, std::regex("-?[0-9]+"))) return std::stoll(text);
  return json::string(text);
}

/// Where a document isn't what a schema wants, and why: "" or "/limits/sessions: …". Knows the keywords that
/// schema.json uses, and no others.
std::string mistake(const json::object& schema, const json::value& document, const std::string& at);

std::string mistake_of_type(const std::string& wanted, const json::value& document) {
  const bool fits = wanted == "object"    ? document.is_object()
                    : wanted == "array"   ? document.is_array()
                    : wanted == "string"  ? document.is_string()
                    : wanted == "boolean" ? document.is_bool()
                    : wanted == "integer" ? document.is_int64()
                                          : throw std::runtime_error("type " + wanted);
  return fits ? "" : "is no " + wanted;
}

std::string mistake_of_one(const json::array& schemas, const json::value& document, const std::string& at) {
  std::size_t fitting = 0;
  std::string first;
  for (const json::value& schema : schemas) {
    const std::string found = mistake(schema.as_object(), document, at);
    if (found.empty()) ++fitting;
    first += found + "; ";
  }
  if (fitting == 1) return {};
  return std::to_string(fitting) + " of these: " + first;
}

std::string mistake_of_members(const json::object& schema, const json::object& members,
                               const std::string& at) {
  for (const auto& member : members) {
    const std::string name(member.key());
    const json::value* found = nullptr;
    if (const json::value* own = schema.if_contains("properties")) found = own->as_object().if_contains(name);
    if (const json::value* patterns = schema.if_contains("patternProperties")) {
      const auto& [pattern, own] = *patterns->as_object().begin();
      if (std::regex_search(name, std::regex(std::string(pattern)))) found = &own;
    }
    if (found == nullptr) return at + ": unknown key " + name;
    const std::string inner = mistake(found->as_object(), member.value(), at + "/" + name);
    if (!inner.empty()) return inner;
  }
  return {};
}

bool equals_one(const json::array& values, const json::value& document) {
  return std::find(values.begin(), values.end(), document) != values.end();
}

/// What one keyword says; "" for none.
std::string mistake_of_keyword(const json::object& schema, const std::string& keyword,
                               const json::value& wanted, const json::value& document,
                               const std::string& at) {
  if (keyword == "type") return mistake_of_type(std::string(wanted.as_string()), document);
  if (keyword == "enum") return equals_one(wanted.as_array(), document) ? "" : "is none of the words";
  if (keyword == "oneOf") return mistake_of_one(wanted.as_array(), document, at);
  if (keyword == "pattern") {
    const std::regex pattern{std::string(wanted.as_string())};
    return std::regex_search(std::string(document.as_string()), pattern) ? "" : "doesn't match";
  }
  if (keyword == "minimum") return document.as_int64() >= wanted.to_number<std::int64_t>() ? "" : "too small";
  if (keyword == "maximum") return document.as_int64() <= wanted.to_number<std::int64_t>() ? "" : "too large";
  if (keyword == "minItems") return document.as_array().empty() ? "is empty" : "";
  if (keyword == "minProperties") return document.as_object().empty() ? "is empty" : "";
  if (keyword == "required") {
    for (const json::value& name : wanted.as_array()) {
      if (!document.as_object().contains(name.as_string())) return "has no " + std::string(name.as_string());
    }
    return {};
  }
  if (keyword == "items") {
    for (const json::value& element : document.as_array()) {
      if (const std::string inner = mistake(wanted.as_object(), element, at + "/-"); !inner.empty())
        return inner;
    }
    return {};
  }
  if (keyword == "additionalProperties") return mistake_of_members(schema, document.as_object(), at);
  const bool known = keyword == "properties" || keyword == "patternProperties" || keyword == "$schema" ||
                     keyword == "title" || keyword == "description";
  return known ? "" : throw std::runtime_error("keyword " + keyword);
}

// The writer puts "type" before what needs it.
std::string mistake(const json::object& schema, const json::value& document, const std::string& at) {
  for (const auto& member : schema) {
    const std::string found =
        mistake_of_keyword(schema, std::string(member.key()), member.value(), document, at);
    if (!found.empty()) return found.starts_with('/') ? found : at + ": " + found;
  }
  return {};
}

std::string mistake_in(const std::string& yaml) {
  static const json::value schema = json::parse(read(source + "/config/schema.json"));
  return mistake(schema.as_object(), as_json(YAML::Load(yaml)), "");
}

const std::string head =
    "version: 1\nlisteners: [{ name: a, listen: \"udp://127.0.0.1:5055\", upstream: b }]\n"
    "upstreams: { b: { servers: [\"udp://127.0.0.1:15055\"] } }\n";

TEST(ConfigSchema, TakesTheExamples) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(source + "/config")) {
    if (entry.path().extension() != ".yaml") continue;
    EXPECT_EQ(mistake_in(read(entry.path())), "") << entry.path();
    ++files;
  }
  EXPECT_GE(files, 3U);
}

TEST(ConfigSchema, TakesAFileWithEveryKey) {
  EXPECT_EQ(mistake_in(read(source + "/tests/data/every_key.yaml")), "");
}

TEST(ConfigSchema, TakesTheWordsThatStandForValues) {
  EXPECT_EQ(mistake_in(head + "limits: { sessions: auto, memory: off, per_session: { messages: off }, block: "
                              "off }\nadmin: off\nthreads: auto\n"),
            "");
}

TEST(ConfigSchema, RefusesUnknownAndMissingKeys) {
  EXPECT_THAT(mistake_in(head + "limit: {}\n"), HasSubstr("unknown key limit"));
  EXPECT_THAT(mistake_in(head + "limits: { session: 1 }\n"), HasSubstr("unknown key session"));
  EXPECT_THAT(mistake_in(head + "encryption: { rules: [{ operations: [1] }] }\n"),
              HasSubstr("has no require"));
  EXPECT_THAT(mistake_in("version: 1\n"), HasSubstr("has no listeners"));
  EXPECT_THAT(mistake_in("version: 1\nlisteners: [{ name: a }]\nupstreams: {}\n"),
              HasSubstr("has no listen"));
}

TEST(ConfigSchema, RefusesWrongValues) {
  const std::string mistakes[] = {
      "limits: { sessions: 0 }",
      "limits: { sessions: many }",
      "limits: { message_size: 500KB }",
      "limits: { message_size: 1024 }",
      "limits: { exempt: [10.0.0.0/8] }",
      "limits: { block: on }",
      "timeouts: { silence: 30 }",
      "timeouts: { silence: 30sec }",
      "encryption: { responses: stikcy }",
      "encryption: { listed_events: [256] }",
      "encryption: { key_exchange: { rate: 5 } }",
      "encryption: { rules: [{ operations: [logon], require: encrypted }] }",
      "encryption: { rules: [{ operations: [1], events: [2], require: encrypted }] }",
      "encryption: { rules: [{ events: [1], to_client: encrypted, otherwise: log }] }",
      "admin: { listen: \"udp://127.0.0.1:1\" }",
      "access: { allow: everybody }",
      "threads: 0",
      "limits:"};
  for (const std::string& text : mistakes) EXPECT_NE(mistake_in(head + text + "\n"), "") << text;
}

TEST(ConfigSchema, RefusesWrongLinks) {
  const auto with = [](const std::string& listen, const std::string& server) {
    return "version: 1\nlisteners: [{ name: a, listen: \"" + listen +
           "\", upstream: b }]\nupstreams: { b: { servers: [\"" + server + "\"] } }\n";
  };
  EXPECT_EQ(mistake_in(with("udp://[::1]:5055", "udp://game-1.example.com:5055")), "");
  EXPECT_NE(mistake_in(with("127.0.0.1:5055", "udp://10.0.0.1:5055")), "");
  EXPECT_NE(mistake_in(with("http://127.0.0.1:5055", "udp://10.0.0.1:5055")), "");
  EXPECT_NE(mistake_in(with("udp://127.0.0.1", "udp://10.0.0.1:5055")), "");
  EXPECT_NE(mistake_in(with("wss://127.0.0.1:5055", "wss://10.0.0.1:5055")), "");
  EXPECT_NE(mistake_in("version: 1\nlisteners: []\nupstreams: { B: { servers: [] } }\n"), "");
}

}  // namespace
}  // namespace gateway::config
