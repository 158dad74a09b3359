#include "support/photon_message.h"

#include <algorithm>

#include "support/photon_values.h"

namespace gateway::test {

namespace {

constexpr std::size_t application_bytes = 32;

void append(std::vector<std::uint8_t>& out, std::string_view text) {
  out.insert(out.end(), text.begin(), text.end());
}

std::vector<std::uint8_t> binary_init(const Generation& generation, const InitFields& fields) {
  std::vector<std::uint8_t> out{0xF3, 0x00, 0x01, std::uint8_t(fields.protocol == Protocol::v16 ? 6 : 8)};
  out.insert(out.end(), generation.init_header.begin(), generation.init_header.end());
  append(out, std::string_view(fields.application).substr(0, application_bytes));
  out.resize(9 + application_bytes);
  return out;
}

std::vector<std::uint8_t> text_init(const Generation& generation, const InitFields& fields) {
  const auto token = string_value(fields.protocol, fields.token);
  std::string head = "POST /?init=&app=" + fields.application;
  head += "&clientversion=" + std::string(generation.version);
  head += fields.protocol == Protocol::v16 ? "&protocol=GpBinaryV16" : "&protocol=GpBinaryV18";
  head += "&sid=30& HTTP/1.1\r\nHost: " + fields.host;
  head += "\r\nContent-Length: " + std::to_string(token.size()) + "\r\n\r\n";
  std::vector<std::uint8_t> out(head.begin(), head.end());
  out.insert(out.end(), token.begin(), token.end());
  return out;
}

std::vector<std::uint8_t> v3_init(const Generation& generation, const InitFields& fields) {
  const bool v16 = fields.protocol == Protocol::v16;
  const auto& version = generation.init_header;
  std::vector<std::uint8_t> out{0xF5, 0x00, 0x04, std::uint8_t(v16 ? 0x10 : 0x12)};
  out.insert(out.end(),
             {std::uint8_t(version[1] >> 4), std::uint8_t(version[1] & 0x0F), version[2], version[3]});
  out.insert(out.end(), {0x1E, 0x00, static_cast<std::uint8_t>(fields.application.size())});
  append(out, fields.application);
  out.insert(out.end(), {0x00, 0x00});  // no token
  if (v16) {
    out.insert(out.end(), {0x44, 0x62, 0x00, 0x00, 0x00});  // empty Dictionary<byte, object>
  } else {
    out.insert(out.end(), {0x14, 0x03, 0x00, 0x00});  // the same
  }
  return out;
}

bool read_debug(Protocol protocol, ByteReader& in, std::string& debug) {
  const std::uint8_t type = in.u8();
  if (type == (protocol == Protocol::v16 ? 0x2A : 0x08)) return in.ok();
  if (type != (protocol == Protocol::v16 ? 0x73 : 0x07)) return false;
  std::size_t size = 0;
  if (protocol == Protocol::v16) {
    size = in.u16();
  } else {
    const std::uint8_t low = in.u8();
    size = low & 0x7Fu;
    if ((low & 0x80) != 0) size |= static_cast<std::size_t>(in.u8()) << 7;
  }
  const Bytes text = in.bytes(size);
  debug.assign(text.begin(), text.end());
  return in.ok();
}

}  // namespace

std::vector<std::uint8_t> write_init(const Generation& generation, const InitFields& fields) {
  switch (fields.form) {
    case InitForm::binary:
      return binary_init(generation, fields);
    case InitForm::text:
      return text_init(generation, fields);
    case InitForm::v3:
      return v3_init(generation, fields);
  }
  return {};
}

std::vector<std::uint8_t> write_key_request(Protocol protocol, Bytes public_key) {
  const auto size = static_cast<std::uint8_t>(public_key.size());
  std::vector<std::uint8_t> out{0xF3, 0x06, 0x00};
  if (protocol == Protocol::v16) {
    out.insert(out.end(), {0x00, 0x01, 0x01, 0x78, 0x00, 0x00, 0x00, size});
  } else {
    out.insert(out.end(), {0x01, 0x01, 0x43, size});
  }
  out.insert(out.end(), public_key.begin(), public_key.end());
  return out;
}

std::vector<std::uint8_t> no_parameters(Protocol protocol) {
  return std::vector<std::uint8_t>(protocol == Protocol::v16 ? 2 : 1, 0);
}

std::optional<ResponseHead> read_response(Protocol protocol, Bytes body) {
  ByteReader in(body);
  ResponseHead head;
  head.code = in.u8();
  head.return_code = static_cast<std::int16_t>(protocol == Protocol::v16 ? in.u16() : in.u16_little());
  if (!read_debug(protocol, in, head.debug)) return std::nullopt;
  head.parameters = body.subspan(in.position());
  if (head.parameters.size() < no_parameters(protocol).size()) return std::nullopt;
  return head;
}

std::optional<std::vector<std::uint8_t>> read_server_key(Protocol protocol, Bytes parameters) {
  ByteReader in(parameters);
  const unsigned count = protocol == Protocol::v16 ? in.u16() : in.u8();
  const std::uint8_t key = in.u8();
  const std::uint8_t type = in.u8();
  if (count == 0 || key != 1 || type != (protocol == Protocol::v16 ? 0x78 : 0x43)) return std::nullopt;
  const std::size_t size = protocol == Protocol::v16 ? in.u32() : in.u8();
  const Bytes value = in.bytes(size);
  if (!in.ok() || value.empty()) return std::nullopt;
  return std::vector<std::uint8_t>(value.begin(), value.end());
}

}  // namespace gateway::test
