#include "support/test_operations.h"

#include "message/value.h"

namespace gateway::test {
namespace {

using message::Serialization;
using message::Type;

void append(std::vector<std::uint8_t>& out, Bytes bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void append_u32(std::vector<std::uint8_t>& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(value >> shift));
}

/// What stands between code and parameters of a response: return code and text, in both serializations of
/// known length when the test server wrote it.
constexpr std::size_t response_prefix_bytes = 3;

}  // namespace

std::vector<std::uint8_t> byte_array_value(Serialization serialization, Bytes bytes) {
  std::vector<std::uint8_t> out;
  out.reserve(bytes.size() + 6);
  if (serialization == Serialization::v16) {
    out.push_back(0x78);
    append_u32(out, static_cast<std::uint32_t>(bytes.size()));
  } else {
    out.push_back(0x43);
    std::size_t rest = bytes.size();
    for (; rest > 0x7F; rest >>= 7) out.push_back(static_cast<std::uint8_t>(rest | 0x80));
    out.push_back(static_cast<std::uint8_t>(rest));
  }
  append(out, bytes);
  return out;
}

std::vector<std::uint8_t> write_parameters(Serialization serialization,
                                           const std::vector<Parameter>& parameters) {
  std::vector<std::uint8_t> out;
  if (serialization == Serialization::v16) out.push_back(0);
  out.push_back(static_cast<std::uint8_t>(parameters.size()));
  for (const Parameter& parameter : parameters) {
    out.push_back(parameter.key);
    append(out, parameter.value);
  }
  return out;
}

std::vector<std::uint8_t> write_message(Serialization serialization, Type type, std::uint8_t code,
                                        const std::vector<Parameter>& parameters) {
  std::vector<std::uint8_t> out{message::magic, static_cast<std::uint8_t>(type), code};
  if (type == Type::response || type == Type::internal_response) {
    append(out, std::vector<std::uint8_t>{
                    0, 0, serialization == Serialization::v16 ? std::uint8_t{0x2A} : std::uint8_t{0x08}});
  }
  append(out, write_parameters(serialization, parameters));
  return out;
}

std::vector<std::uint8_t> write_operation(Serialization serialization, Operation operation,
                                          std::uint32_t argument, Bytes data) {
  std::vector<std::uint8_t> bytes;
  bytes.reserve(data.size() + 4);
  append_u32(bytes, argument);
  append(bytes, data);
  return write_message(serialization, Type::request, static_cast<std::uint8_t>(operation),
                       {{argument_parameter, byte_array_value(serialization, bytes)}});
}

std::vector<std::uint8_t> write_raise_event(Serialization serialization, std::uint8_t event_code,
                                            Bytes data) {
  const std::uint8_t byte_type = serialization == Serialization::v16 ? 0x62 : 0x03;
  return write_message(serialization, Type::request, static_cast<std::uint8_t>(Operation::raise_event),
                       {{event_code_parameter, {byte_type, event_code}},
                        {event_data_parameter, byte_array_value(serialization, data)}});
}

std::optional<Argument> read_argument(Serialization serialization, Bytes message) {
  if (message.size() < 4) return std::nullopt;
  const Type type = type_of(message);
  std::vector<std::uint8_t> body(message.begin() + 2, message.end());
  if (type == Type::response || type == Type::internal_response) {
    if (body.size() < 1 + response_prefix_bytes) return std::nullopt;
    body.erase(body.begin() + 1, body.begin() + 1 + response_prefix_bytes);
  }
  const auto value = message::find_parameter(body, serialization, argument_parameter);
  if (!value) return std::nullopt;
  const auto bytes = message::as_byte_array(*value, serialization);
  if (!bytes) return std::nullopt;
  ByteReader in(*bytes);
  Argument argument;
  argument.number = in.u32();
  if (!in.ok()) return std::nullopt;
  const Bytes rest = in.bytes(in.remaining());
  argument.data.assign(rest.begin(), rest.end());
  return argument;
}

}  // namespace gateway::test
