#include "message/init.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace gateway::message {

namespace {

constexpr std::uint8_t magic_v3 = 0xF5;
constexpr std::uint16_t flag_v3_ipv6 = 2;
constexpr std::size_t binary_bytes = 41;
constexpr std::size_t application_offset = 9;
constexpr std::uint8_t old_form_mark = 7;  // byte 8 of clients before about 4.0.5
constexpr std::uint8_t ipv6_bit = 0x80;

Result<Serialization> serialization_of(std::uint8_t minor) {
  if (minor == 6) return Serialization::v16;
  if (minor == 8) return Serialization::v18;
  return Error::serialization;
}

Result<Init> parse_binary(Bytes message) {
  if (message.size() < binary_bytes) return Error::truncated;
  if (message[2] != 1) return Error::serialization;
  const auto serialization = serialization_of(message[3]);
  if (!serialization) return serialization.error();
  Init init;
  init.serialization = *serialization;
  const std::uint8_t packed = message[5];
  if (message[8] == old_form_mark) {
    init.version.parts = {packed, message[6], message[7], 0};
  } else {
    init.version.parts = {static_cast<std::uint8_t>(packed >> 4 & 7), static_cast<std::uint8_t>(packed & 15),
                          message[6], message[7]};
    init.ipv6 = (packed & ipv6_bit) != 0;
  }
  const auto application = text_of(message.subspan(application_offset, binary_bytes - application_offset));
  init.application = application.substr(0, application.find('\0'));
  return init;
}

// "4.1.6.17"; zeros when it is anything else.
ClientVersion parse_version(std::string_view text) {
  ClientVersion version;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (std::size_t i = 0; i < version.parts.size(); ++i) {
    if (i > 0 && (at == end || *at++ != '.')) return {};
    const auto [next, error] = std::from_chars(at, end, version.parts[i]);
    if (error != std::errc()) return {};
    at = next;
  }
  return at == end ? version : ClientVersion{};
}

std::optional<Serialization> serialization_named(std::string_view name) {
  if (name == "GpBinaryV16") return Serialization::v16;
  if (name == "GpBinaryV18") return Serialization::v18;
  return std::nullopt;
}

// The part of the request line that holds key=value&…; values may contain anything but CR, LF and '&'.
std::string_view query_of(std::string_view request_line) {
  const auto begin = request_line.find('?');
  if (begin == std::string_view::npos) return {};
  const auto end = std::max(request_line.rfind(" HTTP/"), begin + 1);
  return request_line.substr(begin + 1, end - begin - 1);
}

// Takes the next key=value from the front of a query.
std::string_view take_field(std::string_view& query) {
  const std::string_view field = query.substr(0, query.find('&'));
  query.remove_prefix(std::min(field.size() + 1, query.size()));
  return field;
}

std::string_view key_of(std::string_view field) {
  return field.substr(0, field.find('='));
}

Result<Init> parse_http(std::string_view message) {
  const auto line_end = message.find_first_of("\r\n");
  if (line_end == std::string_view::npos) return Error::truncated;
  std::optional<Serialization> serialization;
  Init init;
  init.form = Init::Form::http;
  init.token = true;  // this form is chosen only to carry a token or custom data
  std::string_view query = query_of(message.substr(0, line_end));
  while (!query.empty()) {
    const std::string_view field = take_field(query);
    const std::string_view key = key_of(field);
    const std::string_view value = field.substr(std::min(key.size() + 1, field.size()));
    if (key == "app") init.application = value;
    if (key == "clientversion") init.version = parse_version(value);
    if (key == "protocol") {
      if (serialization) return Error::serialization;  // readers differ in which one counts
      serialization = serialization_named(value);
    }
    if (key == "IPv6") init.ipv6 = true;
  }
  if (!serialization) return Error::serialization;
  init.serialization = *serialization;
  return init;
}

// Whether the dictionary at the end of the V3 form has entries. What we can't read counts as data.
bool has_custom_data(Bytes dictionary, Serialization serialization) {
  if (dictionary.empty()) return false;
  const std::size_t count_bytes = serialization == Serialization::v16 ? 2 : 1;
  ByteReader in(dictionary);
  in.skip(3);  // type, key type, value type
  const Bytes count = in.bytes(count_bytes);
  return !in.ok() || std::ranges::any_of(count, [](std::uint8_t byte) { return byte != 0; });
}

Result<Init> parse_v3(Bytes message) {
  ByteReader in(message);
  in.skip(1);
  const std::uint16_t flags = in.u16();
  const std::uint8_t protocol = in.u8();
  const Bytes version = in.bytes(4);
  in.skip(2);  // SDK id, zero
  const Bytes application = in.bytes(in.u8());
  const Bytes token = in.bytes(in.u16());
  if (!in.ok()) return Error::truncated;
  const auto serialization = serialization_of(static_cast<std::uint8_t>(protocol - 10));
  if (!serialization) return serialization.error();
  Init init;
  init.form = Init::Form::v3;
  init.serialization = *serialization;
  std::ranges::copy(version, init.version.parts.begin());
  init.ipv6 = (flags & flag_v3_ipv6) != 0;
  init.application = text_of(application);
  init.token = !token.empty() || has_custom_data(in.bytes(in.remaining()), *serialization);
  return init;
}

// The query of a text Init that was parsed, and what stands before and behind it.
struct HttpParts {
  Bytes head;
  std::string_view query;
  Bytes tail;

  explicit HttpParts(Bytes message) {
    const std::string_view text = text_of(message);
    query = query_of(text.substr(0, text.find_first_of("\r\n")));
    const auto begin = static_cast<std::size_t>(query.data() - text.data());
    head = message.first(begin);
    tail = message.subspan(begin + query.size());
  }
};

// At the end of the query, which is where clients write the word.
std::size_t write_http_with_ipv6(Bytes message, MutableBytes out) {
  const HttpParts parts(message);
  ByteWriter writer(out);
  writer.bytes(parts.head);
  writer.bytes(bytes_of(parts.query));
  writer.bytes(bytes_of("&IPv6"));
  writer.bytes(parts.tail);
  return writer.position();
}

// Without any field that is the word, wherever it stands and whatever value it has.
std::size_t write_http_without_ipv6(Bytes message, MutableBytes out) {
  HttpParts parts(message);
  ByteWriter writer(out);
  writer.bytes(parts.head);
  while (!parts.query.empty()) {
    const std::string_view field = take_field(parts.query);
    if (key_of(field) == "IPv6") continue;
    if (writer.position() > parts.head.size()) writer.u8('&');
    writer.bytes(bytes_of(field));
  }
  writer.bytes(parts.tail);
  return writer.position();
}

}  // namespace

Result<Init> parse_init(Bytes message) {
  const std::string_view text = text_of(message);
  if (text.starts_with("POST ") || text.starts_with("GET ")) return parse_http(text);
  if (message.empty()) return Error::not_init;
  if (message[0] == magic_v3) return parse_v3(message);
  if (text.starts_with(std::string_view("\xF3\0", 2))) return parse_binary(message);
  return Error::not_init;
}

std::size_t write_init_family(Bytes message, bool ipv6, MutableBytes out) {
  std::ranges::copy(message, out.begin());
  const auto init = parse_init(message);
  if (!init || init->ipv6 == ipv6) return message.size();
  switch (init->form) {
    case Init::Form::binary:
      if (message[8] != old_form_mark) out[5] ^= ipv6_bit;
      return message.size();
    case Init::Form::v3:
      out[2] ^= flag_v3_ipv6;
      return message.size();
    case Init::Form::http:
      return ipv6 ? write_http_with_ipv6(message, out) : write_http_without_ipv6(message, out);
  }
  return message.size();
}

}  // namespace gateway::message
