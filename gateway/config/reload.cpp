#include "config/reload.h"

#include <algorithm>
#include <array>

#include <yaml-cpp/yaml.h>

#include "config/print.h"

namespace gateway::config {
namespace {

constexpr std::array effects = {
    KeyEffect{"version", Effect::restart},
    KeyEffect{"listeners.*.name", Effect::restart},
    KeyEffect{"listeners.*.listen", Effect::restart},
    KeyEffect{"listeners.*.upstream", Effect::restart},
    KeyEffect{"listeners.*.tls.certificate", Effect::live},
    KeyEffect{"listeners.*.tls.key", Effect::live},
    KeyEffect{"listeners.*.public_address", Effect::live},
    KeyEffect{"upstreams.*.servers", Effect::new_sessions},
    KeyEffect{"upstreams.*.servers.address", Effect::new_sessions},
    KeyEffect{"upstreams.*.servers.trusted", Effect::new_sessions},
    KeyEffect{"upstreams.*.servers.state", Effect::new_sessions},
    KeyEffect{"upstreams.*.servers.advertised", Effect::live},
    KeyEffect{"upstreams.*.health_check", Effect::new_sessions},
    KeyEffect{"upstreams.*.health_check.interval", Effect::new_sessions},
    KeyEffect{"upstreams.*.health_check.timeout", Effect::new_sessions},
    KeyEffect{"upstreams.*.health_check.rise", Effect::new_sessions},
    KeyEffect{"upstreams.*.health_check.fall", Effect::new_sessions},
    KeyEffect{"encryption.responses", Effect::live},
    KeyEffect{"encryption.events", Effect::live},
    KeyEffect{"encryption.listed_events", Effect::live},
    KeyEffect{"encryption.unknown_key", Effect::live},
    KeyEffect{"encryption.rules", Effect::live},
    KeyEffect{"encryption.key_exchange.rate", Effect::live},
    KeyEffect{"encryption.key_exchange.per_address", Effect::live},
    KeyEffect{"encryption.key_exchange.per_session", Effect::live},
    KeyEffect{"rewriting.unknown_addresses", Effect::live},
    KeyEffect{"access.allow", Effect::live},
    KeyEffect{"access.deny", Effect::live},
    KeyEffect{"limits.sessions", Effect::live},
    KeyEffect{"limits.sessions_per_address", Effect::live},
    KeyEffect{"limits.memory", Effect::restart},
    KeyEffect{"limits.message_size", Effect::new_sessions},
    KeyEffect{"limits.per_session.messages", Effect::new_sessions},
    KeyEffect{"limits.per_session.buffered", Effect::new_sessions},
    KeyEffect{"limits.block", Effect::live},
    KeyEffect{"limits.block.violations", Effect::live},
    KeyEffect{"limits.block.within", Effect::live},
    KeyEffect{"limits.block.for", Effect::live},
    KeyEffect{"limits.exempt", Effect::live},
    KeyEffect{"timeouts.silence", Effect::new_sessions},
    KeyEffect{"timeouts.connect", Effect::new_sessions},
    KeyEffect{"timeouts.init", Effect::new_sessions},
    KeyEffect{"drain.announce", Effect::live},
    KeyEffect{"drain.deadline", Effect::live},
    KeyEffect{"admin", Effect::restart},
    KeyEffect{"admin.listen", Effect::restart},
    KeyEffect{"log.level", Effect::live},
    KeyEffect{"log.format", Effect::restart},
    KeyEffect{"threads", Effect::restart},
};

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

/// True when `path` is `pattern` with names for its stars; a name may hold dots.
bool matches(std::string_view path, std::string_view pattern) {
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return path == pattern;
  const std::string_view before = pattern.substr(0, star);
  const std::string_view after = pattern.substr(star + 1);
  return path.size() > before.size() + after.size() && path.starts_with(before) && path.ends_with(after);
}

/// An upstream that only one of both has: its listeners are counted among what is fixed, and so is it.
bool is_set_of_upstreams(std::string_view path) {
  return matches(path, "upstreams.*.servers");
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

std::span<const KeyEffect> key_effects() {
  return effects;
}

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
  const auto found =
      std::ranges::find_if(effects, [path](const KeyEffect& entry) { return matches(path, entry.path); });
  return found == effects.end() ? Effect::restart : found->effect;
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
