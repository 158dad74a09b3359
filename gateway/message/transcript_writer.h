#pragma once

#include <charconv>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "message/walk.h"

namespace gateway::message {

/// What the transcripts of both serializations share: a walk that writes what it reads as JSON. A value that
/// makes it too long fails the walk, so that no count makes more work than there may be text.
class TranscriptWriter : public Walk {
 public:
  TranscriptWriter(ByteReader& in, std::string& out) : Walk(in), out_(out), begin_(out.size()) {}

 protected:
  void word(std::string_view text);
  template <std::integral Number>
  void number(Number value) {
    word(std::to_string(value));
  }
  template <std::floating_point Number>
  void decimal(Number value) {
    char digits[32];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
    const std::string_view text(digits, static_cast<std::size_t>(end - digits));
    if (std::isfinite(value)) return word(text);
    word('"' + std::string(text) + '"');  // JSON has no such number
  }
  void text(Bytes bytes);
  void byte_array(Bytes bytes);
  void custom(std::uint8_t code, Bytes bytes);

  /// `[…]` of what `step` writes `number` times.
  template <class Step>
  void list(std::size_t number, Step step) {
    out_ += '[';
    separated(number, step);
    out_ += ']';
  }
  /// `{…}` of pairs: `key` writes a value that becomes the member's name, `value` the other.
  template <class Key, class Value>
  void table(std::size_t number, Key key, Value value) {
    out_ += '{';
    separated(number, [&] {
      const bool secret = member([&] { key(); });
      const std::size_t begin = out_.size();
      value();
      if (secret) redact(begin);
    });
    out_ += '}';
  }
  /// `"code":…` and parameters, each a key of one byte and what `value` writes.
  template <class Value>
  void parameters(std::size_t number, Value value) {
    out_ += R"("parameters":)";
    table(
        number, [this] { this->number(in().u8()); }, value);
  }
  /// `{"kind":code…}` with what `rest` writes behind the code of one byte.
  template <class Rest>
  void message(std::string_view kind, Rest rest) {
    out_ += "{\"";
    out_ += kind;
    out_ += "\":";
    number(in().u8());
    rest();
    out_ += '}';
  }
  /// A member `name` and what `value` writes; behind another one.
  template <class Value>
  void next(std::string_view name, Value value) {
    out_ += ",\"";
    out_ += name;
    out_ += "\":";
    value();
  }

  std::string& out() { return out_; }

 private:
  template <class Step>
  void separated(std::size_t number, Step step) {
    bool first = true;
    repeat(number, [&] {
      if (!first) out_ += ',';
      first = false;
      step();
      check_size();
    });
  }
  /// Turns the value that `write` writes into a name. True when it is the name of a secret.
  template <class Write>
  bool member(Write write) {
    const std::size_t begin = out_.size();
    write();
    return become_name(begin);
  }
  bool become_name(std::size_t begin);
  void redact(std::size_t begin);
  void check_size();

  std::string& out_;
  const std::size_t begin_;
};

/// What transcript_readers.h says of a serialization, by its transcript.
template <class Transcript>
Result<void> transcribe(std::string& out, ByteReader& in, bool response) {
  Transcript transcript(in, out);
  if (response) {
    transcript.response();
  } else {
    out += ',';
    transcript.parameters();
  }
  return transcript.result();
}

}  // namespace gateway::message
