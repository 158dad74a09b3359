#include "support/internal_ping.h"

#include <algorithm>
#include <array>

namespace gateway::test {

namespace {

constexpr std::uint8_t internal_request = 6;
constexpr std::uint8_t internal_response = 7;
constexpr std::uint8_t ping = 1;

// Type codes of the two serializations.
constexpr std::uint8_t v16_int = 0x69;
constexpr std::uint8_t v18_int = 0x09;
constexpr std::uint8_t v18_byte_positive = 0x0B;
constexpr std::uint8_t v18_byte_negated = 0x0C;
constexpr std::uint8_t v18_short_positive = 0x0D;
constexpr std::uint8_t v18_short_negated = 0x0E;
constexpr std::uint8_t v18_zero = 0x1E;

void append_v16(std::vector<std::uint8_t>& out, std::uint32_t value) {
  out.push_back(v16_int);
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(value >> shift));
}

void append_varint(std::vector<std::uint8_t>& out, std::uint32_t value) {
  for (; value > 0x7F; value >>= 7) out.push_back(static_cast<std::uint8_t>(value | 0x80));
  out.push_back(static_cast<std::uint8_t>(value));
}

/// The shortest form, as the library writes a typed int.
void append_v18(std::vector<std::uint8_t>& out, std::uint32_t value) {
  const auto number = static_cast<std::int32_t>(value);
  const std::uint32_t size = number < 0 ? 0U - value : value;
  if (size == 0) return out.push_back(v18_zero);
  if (size < 0x100) {
    out.push_back(number < 0 ? v18_byte_negated : v18_byte_positive);
    return out.push_back(static_cast<std::uint8_t>(size));
  }
  if (size < 0x1'0000) {
    out.push_back(number < 0 ? v18_short_negated : v18_short_positive);
    out.push_back(static_cast<std::uint8_t>(size));
    return out.push_back(static_cast<std::uint8_t>(size >> 8));
  }
  out.push_back(v18_int);
  append_varint(out, (value << 1) ^ (number < 0 ? 0xFFFF'FFFFU : 0U));
}

void append_int(Protocol protocol, std::vector<std::uint8_t>& out, std::uint32_t value) {
  if (protocol == Protocol::v16) return append_v16(out, value);
  append_v18(out, value);
}

std::uint32_t read_varint(ByteReader& in) {
  std::uint32_t value = 0;
  for (unsigned shift = 0; shift < 35; shift += 7) {
    const std::uint8_t byte = in.u8();
    value |= static_cast<std::uint32_t>(byte & 0x7F) << shift;
    if ((byte & 0x80) == 0) return value;
  }
  in.fail();
  return 0;
}

std::uint32_t read_v18(ByteReader& in, std::uint8_t type) {
  switch (type) {
    case v18_zero:
      return 0;
    case v18_byte_positive:
      return in.u8();
    case v18_byte_negated:
      return 0U - in.u8();
    case v18_short_positive:
      return in.u16_little();
    case v18_short_negated:
      return 0U - in.u16_little();
    case v18_int: {
      const std::uint32_t zigzag = read_varint(in);
      return (zigzag >> 1) ^ (0U - (zigzag & 1));
    }
    default:
      in.fail();
      return 0;
  }
}

std::uint32_t read_int(Protocol protocol, ByteReader& in) {
  const std::uint8_t type = in.u8();
  if (protocol == Protocol::v18) return read_v18(in, type);
  if (type != v16_int) in.fail();
  return in.u32();
}

std::vector<std::uint8_t> head(Protocol protocol, std::uint8_t type, std::uint8_t parameters) {
  std::vector<std::uint8_t> out{0xF3, type, ping};
  if (type == internal_response) {
    out.resize(out.size() + 2);                              // return code 0
    out.push_back(protocol == Protocol::v16 ? 0x2A : 0x08);  // no text
  }
  if (protocol == Protocol::v16) out.push_back(0);
  out.push_back(parameters);
  return out;
}

/// `in` behind the head, or failed when the message has another one.
ByteReader behind_head(Protocol protocol, Bytes message, std::uint8_t type, std::uint8_t parameters) {
  const auto expected = head(protocol, type, parameters);
  ByteReader in(message);
  if (!std::ranges::equal(in.bytes(expected.size()), expected)) in.fail();
  return in;
}

std::uint32_t read_parameter(Protocol protocol, ByteReader& in, std::uint8_t key) {
  if (in.u8() != key) in.fail();
  return read_int(protocol, in);
}

}  // namespace

std::vector<std::uint8_t> write_internal_ping(Protocol protocol, std::uint32_t client_clock) {
  auto out = head(protocol, internal_request, 1);
  out.push_back(1);
  append_int(protocol, out, client_clock);
  return out;
}

std::optional<std::uint32_t> read_internal_ping(Protocol protocol, Bytes message) {
  ByteReader in = behind_head(protocol, message, internal_request, 1);
  const std::uint32_t clock = read_parameter(protocol, in, 1);
  return in.ok() ? std::optional(clock) : std::nullopt;
}

std::vector<std::uint8_t> write_internal_pong(Protocol protocol, const InternalPong& pong) {
  auto out = head(protocol, internal_response, 2);
  out.push_back(1);
  append_int(protocol, out, pong.client_clock);
  out.push_back(2);
  append_int(protocol, out, pong.server_clock);
  return out;
}

std::optional<InternalPong> read_internal_pong(Protocol protocol, Bytes message) {
  ByteReader in = behind_head(protocol, message, internal_response, 2);
  InternalPong pong;
  pong.client_clock = read_parameter(protocol, in, 1);
  pong.server_clock = read_parameter(protocol, in, 2);
  return in.ok() ? std::optional(pong) : std::nullopt;
}

}  // namespace gateway::test
