#include "config/reload.h"

#include <algorithm>

#include <yaml-cpp/yaml.h>

#include "config/print.h"

namespace gateway::config {
namespace {

using Paths = std::map<std::string, std::string>;

constexpr std::string_view nothing = "nothing";

/// A list or a plain value on one line.
std::string value_of(const YAML::Node& node) {
  if (node.IsScalar()) return node.Scalar();
  YAML::Emitter out;
  out << YAML::Flow << node;
  std::string text = out.c_str();
  std::ranges::replace(text, '\n', ' ');
  return text;
}

void flatten(const YAML::Node& node, const std::string& path, Paths& out) {
  if (!node.IsMap()) {
    out[path] = value_of(node);
    return;
  }
  for (const auto& entry : node) flatten(entry.second, path + "." + entry.first.Scalar(), out);
}

/// An upstream that only one of both has: its listeners are counted among what is fixed, and so is it.
bool is_set_of_upstreams(std::string_view path) {
  const Key* const key = find_key(path);
  return key != nullptr && key->kind == Kind::servers;
}

std::string_view text_of(const std::string* value) {
  return value == nullptr ? nothing : std::string_view(*value);
}

void check(const std::string& path, const std::string* before, const std::string* after) {
  const bool one_sided = before == nullptr || after == nullptr;
  if (effect_of(path) != Effect::restart && !(one_sided && is_set_of_upstreams(path))) return;
  const auto quoted = [](const std::string* value) {
    return value == nullptr ? std::string(nothing) : "\"" + *value + "\"";
  };
  throw Error("\"" + path + "\" can only change with a restart: it is " + quoted(before) +
              " and the file now says " + quoted(after));
}

}  // namespace

Paths flatten(const Config& config) {
  const YAML::Node root = YAML::Load(print(config));
  Paths out;
  for (const auto& entry : root) {
    const auto key = entry.first.Scalar();
    if (key != "listeners") {
      flatten(entry.second, key, out);
      continue;
    }
    for (const YAML::Node& listener : entry.second) {
      flatten(listener, key + "." + listener["name"].Scalar(), out);
    }
  }
  return out;
}

Effect effect_of(std::string_view path) {
  const Key* const key = find_key(path);
  return key == nullptr ? Effect::restart : key->effect;
}

std::vector<std::string> changes(const Config& running, const Config& wanted) {
  const Paths before = flatten(running);
  const Paths after = flatten(wanted);
  Paths all = before;
  all.insert(after.begin(), after.end());
  std::vector<std::string> changed;
  for (const auto& [path, value] : all) {
    const auto was = before.find(path);
    const auto is = after.find(path);
    const std::string* const old_value = was == before.end() ? nullptr : &was->second;
    const std::string* const new_value = is == after.end() ? nullptr : &is->second;
    if (text_of(old_value) == text_of(new_value)) continue;
    check(path, old_value, new_value);
    changed.push_back(path);
  }
  return changed;
}

}  // namespace gateway::config
