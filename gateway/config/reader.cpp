#include "config/reader.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include <yaml-cpp/eventhandler.h>

#include "config/quantity.h"
#include "config/suggest.h"

namespace gateway::config {
namespace {

std::string position(const std::string& file, const YAML::Mark& mark) {
  if (mark.is_null()) return file;
  return file + ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1);
}

std::string in_quotes(std::string_view text) {
  return "\"" + std::string(text) + "\"";
}

/// yaml-cpp says what it didn't find; what the operator most likely wrote follows it.
constexpr std::pair<std::string_view, std::string_view> yaml_hints[] = {
    {"end of map flow", "; a { or a quote isn't closed, or a comma is missing between two keys"},
    {"end of sequence flow", "; a [ or a quote isn't closed, or a comma is missing between two values"},
    {"end of map", "; keys of one map begin in the same column"},
    {"end of sequence", "; the dashes of one list stand in the same column"},
    {"illegal map value", "; a text that holds a colon and a blank needs quotes, and a key one colon"},
    {"illegal map key", "; a text that begins with a question mark needs quotes"},
    {"illegal flow end", "; a ] or } is one too many, or closes the other kind"},
    {"illegal block entry", "; a list in a block begins on a line of its own"},
    {"illegal EOF in scalar", "; a quote isn't closed"},
    {"unknown token", "; a text that begins with @, ` or % needs quotes"},
    {"unknown escape character", "; within \" \" a backslash is written \\\\"},
    {"alias not found", "; a text that begins with * needs quotes"},
    {"the referenced anchor", "; a text that begins with * needs quotes"},
    {"anchor not found", "; a text that begins with & needs quotes"},
};

/// True when the line of this number, from 0 on, is indented with a tab.
bool tab_indents(std::string_view text, int line) {
  for (; line > 0; --line) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return false;
    text.remove_prefix(end + 1);
  }
  const std::size_t tab = text.find('\t');
  return tab != std::string_view::npos && tab < text.find_first_not_of(" \t");
}

std::string_view yaml_hint(std::string_view message, bool tab) {
  if (tab) return "; indent with blanks, not with tabs";
  for (const auto& [beginning, hint] : yaml_hints) {
    if (message.starts_with(beginning)) return hint;
  }
  return {};
}

/// Notes where documents begin. YAML::LoadAll() would give them too, but it never returns from a comma where
/// a document may begin, and takes all memory there is.
class Documents final : public YAML::EventHandler {
 public:
  std::size_t count() const { return count_; }
  const YAML::Mark& last() const { return last_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    ++count_;
    last_ = mark;
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
  }
  void OnMapEnd() override {}

 private:
  std::size_t count_ = 0;
  YAML::Mark last_;
};

void expect_one_document(const std::string& text, const std::string& file) {
  std::istringstream in(text);
  YAML::Parser parser(in);
  Documents documents;
  while (documents.count() < 2 && parser.HandleNextDocument(documents)) {
  }
  const auto at = static_cast<std::size_t>(documents.last().pos);
  if (documents.count() > 0 && at < text.size() && text[at] == ',')
    throw Error(position(file, documents.last()) + ": not YAML: a comma outside of [ ] and { }");
  if (documents.count() > 1) {
    throw Error(position(file, documents.last()) +
                ": more than one YAML document; leave out the line with ---");
  }
}

}  // namespace

Value::Value(std::string file, std::string name, const YAML::Node& node, const YAML::Mark& mark)
    : file_(std::move(file)), name_(std::move(name)), node_(node), mark_(mark) {}

Value::Value(std::string file, std::string name, const YAML::Node& node)
    : Value(std::move(file), std::move(name), node, node.Mark()) {}

std::string Value::where() const {
  return position(file_, mark_);
}

void Value::fail(const std::string& sentence) const {
  Located{.text = {}, .where = where()}.fail(sentence);
}

void Value::fail_range(std::string_view what, const std::string& min, const std::string& max) const {
  fail(in_quotes(name_) + " must be " + std::string(what) + " from " + min + " to " + max + ", not " +
       node_.Scalar());
}

std::vector<std::pair<Located, Value>> Value::entries() const {
  if (!node_.IsMap()) fail(in_quotes(name_) + " must be a map, as in { key: value }");
  std::vector<std::pair<Located, Value>> entries;
  for (const auto& entry : node_) {
    const Value key(file_, name_, entry.first);
    const Located found{.text = key.scalar("a map with words as keys", "key: value"), .where = key.where()};
    for (const auto& [earlier, value] : entries) {
      if (earlier.text != found.text) continue;
      found.fail("the key " + in_quotes(found.text) + " in " + in_quotes(name_) + " is already at " +
                 earlier.where);
    }
    // What isn't there is where its key is; yaml-cpp says where the next line begins.
    const YAML::Node& written = entry.second.IsNull() ? entry.first : entry.second;
    entries.emplace_back(found, Value(file_, found.text, entry.second, written.Mark()));
  }
  return entries;
}

Map Value::map(std::vector<std::string_view> keys) const {
  std::vector<std::pair<Located, Value>> found = entries();
  for (const auto& [key, value] : found) {
    if (std::find(keys.begin(), keys.end(), key.text) != keys.end()) continue;
    key.fail("unknown key " + in_quotes(key.text) + " in " + in_quotes(name_) + hint(key.text, keys));
  }
  return {*this, std::move(found)};
}

std::vector<Value> Value::list(std::string_view example) const {
  if (!node_.IsSequence()) fail(in_quotes(name_) + " must be a list, as in " + std::string(example));
  std::vector<Value> values;
  for (const auto& element : node_) values.emplace_back(file_, name_, element);
  return values;
}

std::string Value::scalar(std::string_view what, std::string_view example) const {
  if (!node_.IsScalar())
    fail(in_quotes(name_) + " must be " + std::string(what) + ", as in " + std::string(example));
  return node_.Scalar();
}

Located Value::text(std::string_view example) const {
  return {.text = scalar("a text", example), .where = where()};
}

std::uint64_t Value::number(std::uint64_t min, std::uint64_t max) const {
  const std::string example = name_ + ": " + std::to_string(std::max<std::uint64_t>(min, 1));
  const std::string text = scalar("a whole number", example);
  const std::optional<std::uint64_t> value = parse_number(text);
  if (!value)
    fail(in_quotes(name_) + " must be a whole number, as in " + example + ", not " + in_quotes(text));
  if (*value < min || *value > max) fail_range("a number", std::to_string(min), std::to_string(max));
  return *value;
}

Duration Value::duration(Duration min, Duration max) const {
  const std::string text = scalar("a duration with its unit (ms, s, m, h)", name_ + ": 30s");
  const std::optional<Duration> value = parse_duration(text);
  if (!value) {
    fail(in_quotes(name_) + " must be a duration with its unit (ms, s, m, h), as in " + name_ +
         ": 30s, not " + in_quotes(text));
  }
  if (*value < min || *value > max) fail_range("a duration", write_duration(min), write_duration(max));
  return *value;
}

std::uint64_t Value::size(std::uint64_t min, std::uint64_t max) const {
  const std::string text = scalar("a size with its unit (B, KiB, MiB, GiB)", name_ + ": 64KiB");
  const std::optional<std::uint64_t> value = parse_size(text);
  if (!value) {
    fail(in_quotes(name_) + " must be a size with its unit (B, KiB, MiB, GiB), as in " + name_ +
         ": 64KiB, not " + in_quotes(text));
  }
  if (*value < min || *value > max) fail_range("a size", write_size(min), write_size(max));
  return *value;
}

std::uint64_t Value::rate(std::uint64_t min, std::uint64_t max) const {
  const std::string text = scalar("a rate with its unit (/s)", name_ + ": 2000/s");
  const std::optional<std::uint64_t> value = parse_rate(text);
  if (!value) {
    fail(in_quotes(name_) + " must be a rate with its unit (/s), as in " + name_ + ": 2000/s, not " +
         in_quotes(text));
  }
  if (*value < min || *value > max) fail_range("a rate", write_rate(min), write_rate(max));
  return *value;
}

bool Value::boolean() const {
  return choice<bool>({{"true", true}, {"false", false}});
}

std::size_t Value::choice_index(const std::vector<std::string_view>& names) const {
  std::string expected;
  for (const std::string_view name : names) expected += (expected.empty() ? "" : " | ") + std::string(name);
  const std::string text = scalar("one of " + expected, name_ + ": " + std::string(names.front()));
  const auto found = std::find(names.begin(), names.end(), text);
  if (found == names.end()) {
    const std::string_view meant = nearest(text, names);
    fail(in_quotes(name_) + " must be one of " + expected + ", not " + in_quotes(text) +
         (meant.empty() ? "" : "; did you mean " + in_quotes(meant) + "?"));
  }
  return static_cast<std::size_t>(found - names.begin());
}

Map::Map(const Value& value, std::vector<std::pair<Located, Value>> entries)
    : value_(value), entries_(std::move(entries)) {}

std::optional<Value> Map::find(std::string_view key) const {
  for (const auto& [found, value] : entries_) {
    if (found.text == key) return value;
  }
  return std::nullopt;
}

Value Map::require(std::string_view key, std::string_view example) const {
  std::optional<Value> value = find(key);
  if (!value) value_.fail("the key " + in_quotes(key) + " is missing here; write " + std::string(example));
  return *std::move(value);
}

Value parse_yaml(const std::string& text, const std::string& file) {
  try {
    expect_one_document(text, file);
    const YAML::Node document = YAML::Load(text);
    if (document.IsNull())
      throw Error(file + ":1:1: the configuration is empty; it needs version, listeners and upstreams");
    return {file, "configuration", document};
  } catch (const YAML::Exception& error) {
    const bool tab = tab_indents(text, error.mark.line);
    throw Error(position(file, error.mark) + ": not YAML: " + error.msg +
                std::string(yaml_hint(error.msg, tab)));
  }
}

}  // namespace gateway::config
