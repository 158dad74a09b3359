#include "support/config_reference.h"

#include <cctype>
#include <string_view>

#include "config/keys.h"

namespace gateway {
namespace {

using config::Effect;
using config::Key;
using config::Kind;

constexpr std::string_view introduction = R"(# Every key of the configuration

Made from [gateway/config/keys.cpp](../gateway/config/keys.cpp); a unit test compares the two. [full.yaml](full.yaml) has every key with more reasons, [minimal.yaml](minimal.yaml) is the smallest file, [hardened.yaml](hardened.yaml) one that
requires encryption. `--check-config` checks a file, `--print-config` prints what is in effect.

* Unknown and repeated keys are errors. A map is as good in a block as in `{ }`, a list as in `[ ]`.
* A quantity is a whole number and its unit, without a blank: durations in ms, s, m, h (`250ms`, `30s`), sizes in B, KiB, MiB, GiB (`64KiB`), rates in /s (`2000/s`).
* A name is 1 to 63 of a-z, 0-9, `-` and `_`. A URL is `scheme://host:port` with the schemes named here; IPv6 stands in brackets. A block is an address or CIDR block.
* Codes are numbers from 0 to 255, or LoadBalancing's names in lower snake_case.
* *After a reload* (SIGHUP): *at once* is for all sessions, *new sessions* for those that begin. *restart*: a reload that changes it fails as a whole, and says so. Other listeners or upstreams need a restart too.
* Editors with a YAML language server complete and check by [schema.json](schema.json), named in a file's first line: `# yaml-language-server: $schema=schema.json`.
)";

/// "a | b | c" as "`a`, `b`, `c`".
std::string in_code(std::string_view words) {
  std::string text;
  while (!words.empty()) {
    const std::size_t bar = words.find(" | ");
    text += (text.empty() ? "`" : ", `") + std::string(words.substr(0, bar)) + "`";
    words = bar == std::string_view::npos ? std::string_view() : words.substr(bar + 3);
  }
  return text;
}

std::string schemes(std::string_view words) {
  return " (" + in_code(words) + ")";
}

std::string value_of(const Key& key) {
  switch (key.kind) {
    case Kind::version:
      return "`1`";
    case Kind::map:
      return "map";
    case Kind::named_maps:
      return "map by name";
    case Kind::maps:
      return "list of maps";
    case Kind::servers:
      return "list of URLs" + schemes(key.words) + " or maps";
    case Kind::name:
      return "name";
    case Kind::url:
      return "URL" + schemes(key.words);
    case Kind::host_port:
      return "host:port";
    case Kind::host_ports:
      return "list of host:port";
    case Kind::file:
      return "`file:` and a path";
    case Kind::path:
      return "path";
    case Kind::blocks:
      return "list of blocks, or `file:` and a path";
    case Kind::address:
      return "address";
    case Kind::addresses:
      return "list of addresses";
    case Kind::duration:
      return "duration";
    case Kind::size:
      return "size";
    case Kind::rate:
      return "rate";
    case Kind::number:
      return "number";
    case Kind::numbers:
      return "list of numbers";
    case Kind::operations:
      return "list of codes of operations";
    case Kind::events:
      return "list of codes of events";
    case Kind::choice:
      return in_code(key.words);
    case Kind::boolean:
      return "`true`, `false`";
  }
  return {};
}

bool words_are_more(const Key& key) {
  return key.kind != Kind::choice && key.kind != Kind::url && key.kind != Kind::servers && !key.words.empty();
}

/// What may be written: "size, 1KiB to 2MiB, or `off`".
std::string value_text(const Key& key) {
  std::string text = value_of(key);
  if (!key.range.empty()) text += ", " + std::string(key.range);
  if (words_are_more(key)) text += ", or " + in_code(key.words);
  return text;
}

std::string preset_text(const Key& key) {
  if (!key.preset.empty()) return "`" + std::string(key.preset) + "`";
  return key.required ? "required" : "";
}

std::string effect_text(const Key& key) {
  if (key.kind == Kind::map && key.words.empty()) return {};
  switch (key.effect) {
    case Effect::live:
      return "at once";
    case Effect::new_sessions:
      return "new sessions";
    case Effect::restart:
      return "restart";
  }
  return {};
}

/// The path without its section: what is written below it.
std::string_view below(std::string_view path) {
  path.remove_prefix(path.find('.') + 1);
  return path.starts_with("*.") ? path.substr(2) : path;
}

std::string row(const Key& key) {
  return "| `" + std::string(below(key.path)) + "` | " + value_text(key) + " | " + preset_text(key) + " | " +
         effect_text(key) + " | " + std::string(key.meaning) + " |\n";
}

/// A heading, what is to be said of the key itself, and the head of the table of its keys.
std::string section(const Key& key) {
  const std::string name(key.path);
  std::string value = value_text(key);
  if (const std::string preset = preset_text(key); !preset.empty())
    value += (key.required ? ", " : "; default ") + preset;
  if (const std::string effect = effect_text(key); !effect.empty()) value += "; after a reload: " + effect;
  const bool holds_keys = key.kind == Kind::map || key.kind == Kind::maps || key.kind == Kind::named_maps;
  value.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(value.front())));
  return "\n## " + name + "\n\n" + value + ". " + std::string(key.meaning) + "\n" +
         (holds_keys ? "\n| key | value | default | after a reload | meaning |\n|---|---|---|---|---|\n"
                     : "");
}

}  // namespace

std::string config_reference() {
  std::string text(introduction);
  for (const Key& key : config::keys())
    text += key.path.find('.') == std::string_view::npos ? section(key) : row(key);
  return text;
}

}  // namespace gateway
