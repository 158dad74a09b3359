#include "support/photon_values.h"

#include <algorithm>

namespace gateway::test {

namespace {

using Written = std::vector<std::uint8_t>;

constexpr std::uint8_t mode_of_dictionary = 0;  // keys of parameter 192
constexpr std::uint8_t key_of_dictionary = 1;

bool is_v16(Protocol protocol) {
  return protocol == Protocol::v16;
}

void append(Written& out, Bytes bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

/// A count or length: `bytes` big-endian, in 1.8 seven bits a byte, low ones first.
void append_count(Written& out, Protocol protocol, std::size_t count, int bytes = 2) {
  if (is_v16(protocol)) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out.push_back(std::uint8_t(count >> shift));
    return;
  }
  for (; count > 0x7F; count >>= 7) out.push_back(std::uint8_t(count | 0x80));
  out.push_back(std::uint8_t(count));
}

void append_text(Written& out, Protocol protocol, std::string_view text) {
  append_count(out, protocol, text.size());
  out.insert(out.end(), text.begin(), text.end());
}

std::size_t read_count(ByteReader& in, Protocol protocol, int bytes = 2) {
  if (is_v16(protocol)) return bytes == 2 ? in.u16() : in.u32();
  std::size_t count = 0;
  for (int shift = 0; shift < 35; shift += 7) {
    const std::uint8_t byte = in.u8();
    count |= static_cast<std::size_t>(byte & 0x7F) << shift;
    if ((byte & 0x80) == 0) break;
  }
  return count;
}

std::string read_text(ByteReader& in, Protocol protocol) {
  const Bytes text = in.bytes(read_count(in, protocol));
  return {text.begin(), text.end()};
}

bool skip(ByteReader& in, Protocol protocol);

/// `count` times: skip_one().
template <class Skip>
bool skip_each(ByteReader& in, std::size_t count, Skip skip_one) {
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    if (!skip_one()) return false;
  }
  return in.ok();
}

/// Keys are bytes without a type, values typed.
bool skip_dictionary(ByteReader& in, Protocol protocol) {
  in.bytes(2);
  return skip_each(in, read_count(in, protocol), [&] {
    in.u8();
    return skip(in, protocol);
  });
}

bool skip_v16(ByteReader& in) {
  const auto text = [&] {
    in.bytes(in.u16());
    return true;
  };
  switch (in.u8()) {
    case 0x2A:
      return true;
    case 0x62:
      in.u8();
      return in.ok();
    case 0x69:
      in.u32();
      return in.ok();
    case 0x73:
      return text() && in.ok();
    case 0x78:
      in.bytes(in.u32());
      return in.ok();
    case 0x61:
      return skip_each(in, in.u16(), text);
    case 0x79: {
      const std::size_t count = in.u16();
      const std::uint8_t type = in.u8();
      if (type == 0x73) return skip_each(in, count, text);
      if (type != 0x69) return false;
      in.bytes(count * 4);
      return in.ok();
    }
    case 0x68:
      return in.u16() == 0;
    case 0x44:
      return skip_dictionary(in, Protocol::v16);
    default:
      return false;
  }
}

bool skip_v18(ByteReader& in) {
  const auto count = [&] { return read_count(in, Protocol::v18); };
  const auto text = [&] {
    in.bytes(count());
    return true;
  };
  switch (in.u8()) {
    case 0x08:
    case 0x1E:
    case 0x22:
      return true;
    case 0x03:
    case 0x0B:
      in.u8();
      return in.ok();
    case 0x0D:
      in.u16();
      return in.ok();
    case 0x07:
    case 0x43:
      return text() && in.ok();
    case 0x47:
      return skip_each(in, count(), text);
    case 0x49:
      return skip_each(in, count(), [&] {
        count();
        return true;
      });
    case 0x15:
      return count() == 0;
    case 0x14:
      return skip_dictionary(in, Protocol::v18);
    default:
      return false;
  }
}

bool skip(ByteReader& in, Protocol protocol) {
  return is_v16(protocol) ? skip_v16(in) : skip_v18(in);
}

}  // namespace

// Writing
// ------------------------------------------------------------------------------------------------------------

Written string_value(Protocol protocol, std::string_view text) {
  Written out{is_v16(protocol) ? std::uint8_t{0x73} : std::uint8_t{0x07}};
  append_text(out, protocol, text);
  return out;
}

Written strings_value(Protocol protocol, const std::vector<std::string>& texts, StringsForm form) {
  const bool array = is_v16(protocol) && form == StringsForm::array;
  Written out{array ? std::uint8_t{0x79} : is_v16(protocol) ? std::uint8_t{0x61} : std::uint8_t{0x47}};
  append_count(out, protocol, texts.size());
  if (array) out.push_back(0x73);
  for (const std::string& text : texts) append_text(out, protocol, text);
  return out;
}

Written byte_value(Protocol protocol, std::uint8_t value) {
  if (is_v16(protocol)) return {0x62, value};
  return value == 0 ? Written{0x22} : Written{0x03, value};
}

Written int_value(Protocol protocol, std::uint16_t value) {
  const auto low = static_cast<std::uint8_t>(value);
  const auto high = static_cast<std::uint8_t>(value >> 8);
  if (is_v16(protocol)) return {0x69, 0, 0, high, low};
  if (value == 0) return {0x1E};
  return high == 0 ? Written{0x0B, low} : Written{0x0D, low, high};
}

Written ints_value(Protocol protocol, const std::vector<std::uint16_t>& values) {
  Written out{is_v16(protocol) ? std::uint8_t{0x79} : std::uint8_t{0x49}};
  append_count(out, protocol, values.size());
  if (is_v16(protocol)) out.push_back(0x69);
  for (const std::size_t value : values) append_count(out, protocol, is_v16(protocol) ? value : value * 2, 4);
  return out;
}

Written empty_table_value(Protocol protocol) {
  return is_v16(protocol) ? Written{0x68, 0, 0} : Written{0x15, 0};
}

Written payload_key_value(Protocol protocol, Bytes key) {
  Written out = is_v16(protocol) ? Written{0x44, 0x62, 0x00} : Written{0x14, 0x03, 0x00};
  append_count(out, protocol, 2);
  out.push_back(mode_of_dictionary);
  append(out, byte_value(protocol, 0));
  out.push_back(key_of_dictionary);
  out.push_back(is_v16(protocol) ? 0x78 : 0x43);
  append_count(out, protocol, key.size(), 4);
  append(out, key);
  return out;
}

// Reading
// ------------------------------------------------------------------------------------------------------------

std::optional<Bytes> find_value(Protocol protocol, Bytes parameters, std::uint8_t key) {
  ByteReader in(parameters);
  const std::size_t count = is_v16(protocol) ? in.u16() : in.u8();
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    const std::uint8_t found = in.u8();
    const std::size_t begin = in.position();
    if (!skip(in, protocol)) return std::nullopt;
    if (found == key) return parameters.subspan(begin, in.position() - begin);
  }
  return std::nullopt;
}

std::optional<std::string> read_string(Protocol protocol, Bytes value) {
  ByteReader in(value);
  if (in.u8() != (is_v16(protocol) ? 0x73 : 0x07)) return std::nullopt;
  std::string text = read_text(in, protocol);
  return in.ok() ? std::optional(std::move(text)) : std::nullopt;
}

std::optional<std::vector<std::string>> read_strings(Protocol protocol, Bytes value) {
  ByteReader in(value);
  const std::uint8_t type = in.u8();
  const bool array = is_v16(protocol) && type == 0x79;
  if (!array && type != (is_v16(protocol) ? 0x61 : 0x47)) return std::nullopt;
  const std::size_t count = read_count(in, protocol);
  if (array && in.u8() != 0x73) return std::nullopt;
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count && in.ok(); ++i) texts.push_back(read_text(in, protocol));
  return in.ok() ? std::optional(std::move(texts)) : std::nullopt;
}

std::optional<std::uint16_t> read_int(Protocol protocol, Bytes value) {
  ByteReader in(value);
  const std::uint8_t type = in.u8();
  std::uint32_t read = 0;
  if (is_v16(protocol)) {
    if (type != 0x69) return std::nullopt;
    read = in.u32();
  } else if (type == 0x0B) {
    read = in.u8();
  } else if (type == 0x0D) {
    read = in.u16_little();
  } else if (type != 0x1E) {
    return std::nullopt;
  }
  return in.ok() ? std::optional(static_cast<std::uint16_t>(read)) : std::nullopt;
}

std::optional<std::vector<std::uint8_t>> read_payload_key(Protocol protocol, Bytes value) {
  const std::vector<std::uint8_t> empty(32);
  const auto form = payload_key_value(protocol, empty);
  const std::size_t head = form.size() - empty.size();
  if (value.size() != form.size() ||
      !std::equal(value.begin(), value.begin() + std::ptrdiff_t(head), form.begin()))
    return std::nullopt;
  const Bytes key = value.subspan(head);
  return std::vector<std::uint8_t>(key.begin(), key.end());
}

}  // namespace gateway::test
