#include "message/json_message.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include <boost/json/basic_parser_impl.hpp>

#include "message/json_units.h"
#include "message/value.h"

namespace gateway::message {

namespace {

namespace json = boost::json;
using Kind = JsonMessage::Kind;

struct KindKey {
  std::string_view key;
  Kind kind;
};

constexpr std::array kind_keys = std::to_array<KindKey>({
    {"req", Kind::request},
    {"res", Kind::response},
    {"evt", Kind::event},
    {"irq", Kind::internal_request},
    {"irs", Kind::internal_response},
});
constexpr std::string_view key_of_parameters = "vals";
constexpr std::size_t key_max = 4;  // of those that matter

bool is_code(std::int64_t number) {
  return number >= 0 && number <= std::numeric_limits<std::uint8_t>::max();
}

/// The parser's events. Values count where they begin: directly in the object they belong to its last key, in
/// `vals` keys and values alternate.
class Handler {
 public:
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code& error) { return has_kind_ || refuse(error); }
  bool on_object_begin(json::error_code& error) {
    const bool good = depth_ == 0 || value({.whole = {}, .empty = false}, error);
    ++depth_;
    return good;
  }
  bool on_object_end(std::size_t, json::error_code&) { return leave(); }
  bool on_array_begin(json::error_code& error) {
    if (depth_ == 1 && std::exchange(opens_parameters_, false)) {
      in_parameters_ = true;
    } else if (!value({.whole = {}, .empty = false}, error)) {
      return false;
    }
    ++depth_;
    return true;
  }
  bool on_array_end(std::size_t, json::error_code&) { return leave(); }

  bool on_key_part(json::string_view part, std::size_t, json::error_code&) { return add_to_key(part); }
  bool on_key(json::string_view part, std::size_t, json::error_code& error) {
    add_to_key(part);
    const bool good = depth_ != 1 || begin_member(error);
    key_size_ = 0;
    return good;
  }

  bool on_string_part(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_string(json::string_view, std::size_t size, json::error_code& error) {
    return value({.whole = {}, .empty = size == 0}, error);
  }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t number, json::string_view, json::error_code& error) {
    return value({.whole = number, .empty = false}, error);
  }
  bool on_uint64(std::uint64_t, json::string_view, json::error_code& error) {
    return value({.whole = {}, .empty = false}, error);
  }
  bool on_double(double, json::string_view, json::error_code& error) {
    return value({.whole = {}, .empty = false}, error);
  }
  bool on_bool(bool, json::error_code& error) { return value({.whole = {}, .empty = false}, error); }
  bool on_null(json::error_code& error) { return value({.whole = {}, .empty = true}, error); }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

  const JsonMessage& message() const { return message_; }

 private:
  struct Scalar {
    std::optional<std::int64_t> whole;  // a whole number
    bool empty = false;                 // null, or a text without letters
  };

  static bool refuse(json::error_code& error) {
    error = json::error::syntax;
    return false;
  }

  // Longer keys are none of ours, so their end is not kept; their length is, up to one too many.
  bool add_to_key(json::string_view part) {
    for (const char letter : part) {
      if (key_size_ < key_max)
        key_[key_size_] = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
      key_size_ = std::min(key_size_ + 1, key_max + 1);
    }
    return true;
  }

  bool begin_member(json::error_code& error) {
    awaits_code_ = opens_parameters_ = false;
    if (key_size_ > key_max) return true;
    const std::string_view key(key_.data(), key_size_);
    if (key == key_of_parameters) {
      opens_parameters_ = true;
      return !std::exchange(has_parameters_, true) || refuse(error);
    }
    const auto found = std::ranges::find(kind_keys, key, &KindKey::key);
    if (found == kind_keys.end()) return true;
    message_.kind = found->kind;
    awaits_code_ = true;
    return !std::exchange(has_kind_, true) || refuse(error);
  }

  bool value(const Scalar& scalar, json::error_code& error) {
    if (depth_ == 0) return refuse(error);  // not an object
    if (depth_ == 2 && in_parameters_) take_parameter(scalar);
    if (depth_ != 1 || !std::exchange(awaits_code_, false)) return true;
    if (!scalar.whole || !is_code(*scalar.whole)) return refuse(error);
    message_.code = static_cast<std::uint8_t>(*scalar.whole);
    return true;
  }

  void take_parameter(const Scalar& scalar) {
    if (std::exchange(expects_value_, !expects_value_)) {
      if (parameter_) take_value(*parameter_, scalar);
      return;
    }
    parameter_.reset();
    if (scalar.whole && is_code(*scalar.whole)) parameter_ = static_cast<std::uint8_t>(*scalar.whole);
  }

  // A repeated one must be there for every reader, whichever of them it takes.
  void take_value(std::uint8_t parameter, const Scalar& scalar) {
    const bool lacking = met_[parameter] && !message_.parameters[parameter];
    message_.parameters.set(parameter, !scalar.empty && !lacking);
    met_.set(parameter);
  }

  bool leave() {
    if (--depth_ == 1) in_parameters_ = false;
    return true;
  }

  JsonMessage message_;
  std::size_t depth_ = 0;
  std::array<char, key_max> key_{};
  std::size_t key_size_ = 0;
  bool has_kind_ = false;
  bool has_parameters_ = false;
  bool awaits_code_ = false;
  bool opens_parameters_ = false;
  bool in_parameters_ = false;
  bool expects_value_ = false;             // in `vals`
  std::optional<std::uint8_t> parameter_;  // whose value is next
  std::bitset<256> met_;                   // parameters
};

}  // namespace

Result<JsonMessage> parse_json_message(std::string_view payload) {
  if (!payload.starts_with(json_mark)) return Error::malformed_json;
  payload.remove_prefix(json_mark.size());
  json::parse_options options;
  options.max_depth = depth_max;
  json::basic_parser<Handler> parser(options);
  json::error_code error;
  const std::size_t read = parser.write_some(false, payload.data(), payload.size(), error);
  if (error || read != payload.size()) return Error::malformed_json;
  return parser.handler().message();
}

}  // namespace gateway::message
