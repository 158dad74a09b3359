#include "support/config_schema.h"

#include <initializer_list>
#include <span>
#include <stdexcept>
#include <string_view>

#include <boost/json/serialize.hpp>

#include "config/keys.h"
#include "config/quantity.h"
#include "message/codes.h"

namespace gateway {
namespace {

namespace json = boost::json;
using config::Key;
using config::Kind;

const std::string host_port = R"((\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):[0-9]+)";
constexpr std::string_view name_pattern = "^[a-z0-9_-]{1,63}$";

json::object schema_of(const Key& key);

json::object pattern(std::string_view text) {
  return {{"type", "string"}, {"pattern", text}};
}

json::object list_of(const json::object& items) {
  return {{"type", "array"}, {"items", items}};
}

json::object one_of(std::initializer_list<json::object> schemas) {
  json::array all;
  for (const json::object& schema : schemas) all.emplace_back(schema);
  return {{"oneOf", all}};
}

/// "a | b" as an array, those that `only` names; all when it is empty.
json::array words_of(std::string_view words, std::string_view only = {}) {
  json::array array;
  while (!words.empty()) {
    const std::size_t bar = words.find(" | ");
    const std::string_view word = words.substr(0, bar);
    if (only.empty() || only.find(word) != std::string_view::npos) array.emplace_back(word);
    words = bar == std::string_view::npos ? std::string_view() : words.substr(bar + 3);
  }
  return array;
}

json::object choice(std::string_view words, std::string_view only = {}) {
  return {{"enum", words_of(words, only)}};
}

json::object url(std::string_view schemes) {
  std::string alternatives;
  for (const json::value& scheme : words_of(schemes))
    alternatives += (alternatives.empty() ? "" : "|") + std::string(scheme.as_string());
  return pattern("^(" + alternatives + ")://" + host_port + "$");
}

json::object number(std::string_view range) {
  const std::size_t to = range.find(" to ");
  const auto min = config::parse_number(range.substr(0, to));
  const auto max = config::parse_number(range.substr(to + 4));
  if (!min || !max) throw std::logic_error("a range of numbers: " + std::string(range));
  return {{"type", "integer"}, {"minimum", *min}, {"maximum", *max}};
}

json::object code(std::span<const message::NamedCode> names) {
  json::array words;
  for (const message::NamedCode& named : names) words.emplace_back(named.name);
  return one_of({number("0 to 255"), {{"enum", words}}});
}

/// The path of what is written in a map at `path`, without its last word.
std::string inside(std::string_view path) {
  if (path.empty()) return {};
  const std::string named = std::string(path) + ".*.";
  for (const Key& key : config::keys()) {
    if (key.path.starts_with(named)) return named;
  }
  return std::string(path) + ".";
}

json::object map_of(std::string_view path) {
  const std::string prefix = inside(path);
  json::object properties;
  json::array required;
  for (const Key& key : config::keys()) {
    if (!key.path.starts_with(prefix)) continue;
    const std::string_view name = key.path.substr(prefix.size());
    if (name.find('.') != std::string_view::npos) continue;
    properties[name] = schema_of(key);
    if (key.required) required.emplace_back(name);
  }
  json::object map = {{"type", "object"}, {"properties", properties}};
  if (!required.empty()) map["required"] = required;
  map["additionalProperties"] = false;
  return map;
}

/// Of the keys of all rules those of one sort.
json::object rule(std::initializer_list<std::string_view> names, std::string_view about,
                  std::string_view demand, std::string_view otherwise) {
  const std::string path = "encryption.rules.";
  json::object properties;
  for (const std::string_view name : names)
    properties[name] = schema_of(*config::find_key(path + std::string(name)));
  const Key& key = *config::find_key(path + "otherwise");
  properties["otherwise"] = choice(key.words, otherwise);
  properties["otherwise"].as_object()["description"] = key.meaning;
  return {{"type", "object"},
          {"properties", properties},
          {"required", json::array{about, demand}},
          {"additionalProperties", false}};
}

json::object rules() {
  return list_of(one_of({rule({"operations", "without_parameter", "require"}, "operations", "require",
                              "reject, disconnect, log"),
                         rule({"events", "to_client"}, "events", "to_client", "clear, drop")}));
}

json::object maps(const Key& key) {
  if (key.path == "encryption.rules") return rules();
  json::object list = list_of(map_of(key.path));
  list["minItems"] = 1;
  return list;
}

json::object named_maps(const Key& key) {
  return {{"type", "object"},
          {"minProperties", 1},
          {"patternProperties", json::object{{name_pattern, map_of(key.path)}}},
          {"additionalProperties", false}};
}

json::object servers(const Key& key) {
  json::object list = list_of(one_of({url(key.words), map_of(key.path)}));
  list["minItems"] = 1;
  return list;
}

json::object value_of(const Key& key) {
  switch (key.kind) {
    case Kind::version:
      return {{"enum", json::array{1}}};
    case Kind::map:
      return map_of(key.path);
    case Kind::named_maps:
      return named_maps(key);
    case Kind::maps:
      return maps(key);
    case Kind::servers:
      return servers(key);
    case Kind::name:
      return pattern(name_pattern);
    case Kind::url:
      return url(key.words);
    case Kind::host_port:
      return pattern("^" + host_port + "$");
    case Kind::host_ports:
      return list_of(pattern("^" + host_port + "$"));
    case Kind::file:
      return pattern("^file:.+$");
    case Kind::path:
      return pattern("^/.*$");
    case Kind::blocks:
      return list_of(pattern("^(file:.+|[0-9A-Fa-f:.]+(/[0-9]+)?)$"));
    case Kind::address:
      return pattern("^[0-9A-Fa-f:.]+$");
    case Kind::addresses:
      return list_of(pattern("^[0-9A-Fa-f:.]+$"));
    case Kind::duration:
      return pattern("^[0-9]+(ms|s|m|h)$");
    case Kind::size:
      return pattern("^[0-9]+(B|KiB|MiB|GiB)$");
    case Kind::rate:
      return pattern("^[0-9]+/s$");
    case Kind::number:
      return number(key.range);
    case Kind::numbers:
      return list_of(number(key.range));
    case Kind::operations:
      return list_of(code(message::operation_names()));
    case Kind::events:
      return list_of(code(message::event_names()));
    case Kind::choice:
      return choice(key.words);
    case Kind::boolean:
      return {{"type", "boolean"}};
  }
  return {};
}

bool words_are_more(const Key& key) {
  return key.kind != Kind::choice && key.kind != Kind::url && key.kind != Kind::servers && !key.words.empty();
}

json::object schema_of(const Key& key) {
  std::string description(key.meaning);
  if (!key.range.empty()) description += " From " + std::string(key.range) + ".";
  if (!key.preset.empty()) description += " Default: " + std::string(key.preset) + ".";
  json::object schema = {{"description", description}};
  const json::object value = value_of(key);
  for (const auto& member : words_are_more(key) ? one_of({value, choice(key.words)}) : value)
    schema[member.key()] = member.value();
  return schema;
}

/// Everything on one line.
std::string flat(const json::value& value) {
  std::string text;
  if (value.is_object()) {
    for (const auto& [name, member] : value.get_object())
      text += (text.empty() ? "{ " : ", ") + json::serialize(name) + ": " + flat(member);
    return text.empty() ? "{}" : text + " }";
  }
  if (!value.is_array()) return json::serialize(value);
  for (const json::value& element : value.get_array()) text += (text.empty() ? "[" : ", ") + flat(element);
  return text.empty() ? "[]" : text + "]";
}

std::string indented(const json::value& value, std::size_t depth) {
  constexpr std::size_t width = 120;
  const std::string line = flat(value);
  if (!value.is_structured() || line.size() + 2 * depth < width) return line;
  const std::string break_line = "\n" + std::string(2 * depth, ' ');
  std::string text;
  if (value.is_object()) {
    for (const auto& [name, member] : value.get_object())
      text += (text.empty() ? "{" : ",") + break_line + "  " + json::serialize(name) + ": " +
              indented(member, depth + 1);
    return text + break_line + "}";
  }
  for (const json::value& element : value.get_array())
    text += (text.empty() ? "[" : ",") + break_line + "  " + indented(element, depth + 1);
  return text + break_line + "]";
}

}  // namespace

json::value config_schema() {
  json::object schema = {{"$schema", "http://json-schema.org/draft-07/schema#"},
                         {"title", "Configuration of photon-gateway"}};
  for (const auto& member : map_of("")) schema[member.key()] = member.value();
  return schema;
}

std::string pretty(const json::value& value) {
  return indented(value, 0) + "\n";
}

}  // namespace gateway
