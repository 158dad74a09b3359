#include "message/transcript_writer.h"

#include <algorithm>

#include "base/json_text.h"
#include "message/transcript.h"

namespace gateway::message {

namespace {

void append_hex(std::string& out, Bytes bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (const std::uint8_t byte : bytes) out += {digits[byte >> 4U], digits[byte & 0x0FU]};
}

/// The number that a name is, in quotes or not.
bool names_secret(std::string_view name) {
  if (name.size() >= 2 && name.front() == '"') name = name.substr(1, name.size() - 2);
  std::uint8_t key = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), key);
  return error == std::errc() && end == name.data() + name.size() && is_secret(key);
}

}  // namespace

void TranscriptWriter::word(std::string_view text) {
  out_ += text;
  check_size();
}

void TranscriptWriter::text(Bytes bytes) {
  const std::string_view whole = text_of(bytes);
  if (whole.size() <= transcript_text_max) {
    append_json_text(out_, whole);
  } else {
    out_ += R"({"text":)";
    append_json_text(out_, whole.substr(0, transcript_text_max));
    out_ += R"(,"bytes":)" + std::to_string(whole.size()) + "}";
  }
  check_size();
}

void TranscriptWriter::byte_array(Bytes bytes) {
  out_ += R"({"bytes":)" + std::to_string(bytes.size()) + R"(,"hex":")";
  append_hex(out_, bytes.first(std::min(bytes.size(), transcript_bytes_max)));
  out_ += "\"}";
  check_size();
}

void TranscriptWriter::custom(std::uint8_t code, Bytes bytes) {
  out_ += R"({"custom":)" + std::to_string(code) + R"(,"value":)";
  byte_array(bytes);
  out_ += '}';
}

bool TranscriptWriter::become_name(std::size_t begin) {
  const std::string name = out_.substr(begin);
  if (!name.starts_with('"')) {
    out_.resize(begin);
    append_json_text(out_, name);
  }
  out_ += ':';
  return names_secret(name);
}

void TranscriptWriter::redact(std::size_t begin) {
  out_.resize(begin);
  out_ += "\"redacted\"";
}

void TranscriptWriter::check_size() {
  if (out_.size() - begin_ > transcript_max) fail(Error::too_long);
}

}  // namespace gateway::message
