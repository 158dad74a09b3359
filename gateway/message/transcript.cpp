#include "message/transcript.h"

#include <algorithm>
#include <array>

#include "message/transcript_readers.h"
#include "message/value.h"

namespace gateway::message {

namespace {

constexpr std::array<std::uint8_t, 4> secrets = {221, 216, 214, 192};

bool has_parameters(Type type) {
  return type == Type::request || type == Type::internal_request || type == Type::event;
}

bool is_response(Type type) {
  return type == Type::response || type == Type::internal_response;
}

// The strict walk that everything else here goes by: what it refuses may be read differently by others.
Result<void> walk(const Envelope& message, Serialization serialization) {
  ByteReader in(message.body);
  in.skip(is_response(message.type) ? 3 : 1);  // code, return code
  if (is_response(message.type)) {
    if (const auto text = skip_value(in, serialization); !text) return text.error();
  }
  const auto count = read_parameter_count(in, serialization);
  if (!count) return count.error();
  for (std::size_t i = 0; i < *count; ++i) {
    in.skip(1);
    if (const auto value = skip_value(in, serialization); !value) return value.error();
  }
  return {};
}

}  // namespace

bool is_secret(std::uint8_t key) {
  return std::ranges::find(secrets, key) != secrets.end();
}

Result<void> append_transcript(std::string& out, const Envelope& message, Serialization serialization) {
  const bool response = is_response(message.type);
  if (message.encrypted || !(response || has_parameters(message.type))) return Error::wrong_type;
  if (const auto walked = walk(message, serialization); !walked) return walked.error();
  const std::size_t begin = out.size();
  ByteReader in(message.body);
  out += ",\"code\":" + std::to_string(in.u8());
  const auto transcribe =
      serialization == Serialization::v16 ? transcribe_parameters_16 : transcribe_parameters_18;
  Result<void> result = transcribe(out, in, response);
  if (!result) out.resize(begin);
  return result;
}

}  // namespace gateway::message
