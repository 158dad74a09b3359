#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <yaml-cpp/yaml.h>

#include "base/time.h"
#include "config/located.h"

namespace gateway::config {

class Map;

/// One value of a YAML file, read as the type the caller wants. Everything that doesn't fit throws Error with
/// the value's position, what was expected and an example.
class Value {
 public:
  Value(std::string file, std::string name, const YAML::Node& node);
  Value(std::string file, std::string name, const YAML::Node& node, const YAML::Mark& mark);

  /// A map that has none but `keys`, each at most once.
  Map map(std::vector<std::string_view> keys) const;
  /// A map whose keys the operator chooses, in the file's order. Each key is given as the first of the pair.
  std::vector<std::pair<Located, Value>> entries() const;
  std::vector<Value> list(std::string_view example) const;
  Located text(std::string_view example) const;
  std::uint64_t number(std::uint64_t min, std::uint64_t max) const;
  Duration duration(Duration min, Duration max) const;
  std::uint64_t size(std::uint64_t min, std::uint64_t max) const;
  std::uint64_t rate(std::uint64_t min, std::uint64_t max) const;
  bool boolean() const;
  /// One of the named values.
  template <class E>
  E choice(std::initializer_list<std::pair<std::string_view, E>> choices) const {
    std::vector<std::string_view> names;
    for (const auto& [name, value] : choices) names.push_back(name);
    return std::data(choices)[choice_index(names)].second;
  }

  bool is_map() const { return node_.IsMap(); }
  /// True for the plain word `word`.
  bool is(std::string_view word) const { return node_.IsScalar() && node_.Scalar() == word; }
  /// "file:line:column" of the value.
  std::string where() const;
  [[noreturn]] void fail(const std::string& sentence) const;

 private:
  std::size_t choice_index(const std::vector<std::string_view>& names) const;
  std::string scalar(std::string_view what, std::string_view example) const;
  [[noreturn]] void fail_range(std::string_view what, const std::string& min, const std::string& max) const;

  std::string file_;
  std::string name_;  // of the key it stands under, for sentences
  YAML::Node node_;
  YAML::Mark mark_;
};

/// A map that was checked for unknown and repeated keys.
class Map {
 public:
  Map(const Value& value, std::vector<std::pair<Located, Value>> entries);

  std::optional<Value> find(std::string_view key) const;
  /// Throws Error naming the key and an example when it isn't there.
  Value require(std::string_view key, std::string_view example) const;

 private:
  Value value_;
  std::vector<std::pair<Located, Value>> entries_;
};

/// The root of a YAML text. `file` names it in sentences. Throws Error: not YAML, empty, or more than one
/// document.
Value parse_yaml(const std::string& text, const std::string& file);

}  // namespace gateway::config
