#include "message/key_exchange.h"

#include "message/protocol_16.h"
#include "message/protocol_18.h"
#include "message/value.h"

namespace gateway::message {

namespace {

constexpr std::uint8_t operation = 0;
constexpr std::uint8_t parameter_key = 1;
constexpr std::uint8_t parameter_mode = 2;
constexpr std::int16_t refused = -1;

// Everything of an operation response up to its parameter count.
void write_response_head(ByteWriter& out, Serialization serialization, Type type, std::uint8_t code,
                         std::int16_t return_code, std::string_view text) {
  out.u8(magic);
  out.u8(static_cast<std::uint8_t>(type));
  out.u8(code);
  const auto number = static_cast<std::uint16_t>(return_code);
  if (serialization == Serialization::v16) {
    out.u16(number);
    protocol_16::write_text(out, text);
  } else {
    out.u16_little(number);
    protocol_18::write_text(out, text);
  }
}

void write_parameter_count(ByteWriter& out, Serialization serialization, std::uint8_t count) {
  if (serialization == Serialization::v16) out.u8(0);  // 16 bits there, 8 in 1.8
  out.u8(count);
}

}  // namespace

Result<KeyExchangeRequest> parse_key_exchange(Bytes body, Serialization serialization) {
  const auto key_value = find_parameter(body, serialization, parameter_key);
  if (!key_value) return key_value.error();
  const auto key = as_byte_array(*key_value, serialization);
  if (!key) return key.error();
  KeyExchangeRequest request{*key};
  const auto mode_value = find_parameter(body, serialization, parameter_mode);
  if (!mode_value) return request;  // the body was walked once already: it is just not there
  const auto mode = as_byte(*mode_value, serialization);
  if (!mode) return mode.error();
  request.mode = *mode;
  return request;
}

void write_key_exchange_granted(ByteWriter& out, Serialization serialization, Bytes server_key) {
  write_response_head(out, serialization, Type::internal_response, operation, 0, {});
  write_parameter_count(out, serialization, 1);
  out.u8(parameter_key);
  if (serialization == Serialization::v16) {
    protocol_16::write_byte_array(out, server_key);
  } else {
    protocol_18::write_byte_array(out, server_key);
  }
}

void write_key_exchange_refused(ByteWriter& out, Serialization serialization, std::string_view text) {
  write_response(out, serialization, Type::internal_response, operation, refused, text);
}

void write_response(ByteWriter& out, Serialization serialization, Type type, std::uint8_t code,
                    std::int16_t return_code, std::string_view text) {
  write_response_head(out, serialization, type, code, return_code, text);
  write_parameter_count(out, serialization, 0);
}

}  // namespace gateway::message
