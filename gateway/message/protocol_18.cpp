#include "message/protocol_18.h"

#include <optional>

#include "message/types_18.h"
#include "message/walk.h"

namespace gateway::message::protocol_18 {

namespace {

// Payload sizes of the types that always have the same.
std::optional<std::size_t> fixed_size(std::uint8_t type) {
  switch (type) {
    case type_null:
      return 0;
    case type_bool:
    case type_byte:
      return 1;
    case type_short:
      return 2;
    case type_float:
      return 4;
    case type_double:
      return 8;
    case type_int_byte:
    case type_int_byte_negated:
      return 1;
    case type_int_short:
    case type_int_short_negated:
      return 2;
    case type_long_byte:
    case type_long_byte_negated:
      return 1;
    case type_long_short:
    case type_long_short_negated:
      return 2;
    default:
      break;
  }
  if (type >= type_false && type <= type_last_zero) return 0;  // false, true and the zeros
  return std::nullopt;
}

// Readers stop after `bytes_max` bytes, whatever the last one says.
std::uint32_t read_varint(ByteReader& in, std::size_t bytes_max) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < bytes_max; ++i) {
    const std::uint8_t byte = in.u8();
    if (i < varint_bytes_32) value |= static_cast<std::uint32_t>(byte & 0x7F) << (7 * i);
    if ((byte & 0x80) == 0) break;
  }
  return value;
}

void write_varint(ByteWriter& out, std::uint32_t value) {
  for (; value >= 0x80; value >>= 7) out.u8(static_cast<std::uint8_t>(value | 0x80));
  out.u8(static_cast<std::uint8_t>(value));
}

bool is_scalar(std::uint8_t type) {
  return (type != type_null && fixed_size(type)) || type == type_text || type == type_int ||
         type == type_long;
}

class Walker : public Walk {
 public:
  using Walk::Walk;

  void value() {
    const Level level(*this);
    if (in().ok()) payload(in().u8());
  }

 private:
  void payload(std::uint8_t type) {
    if (const auto size = fixed_size(type)) return in().skip(*size);
    switch (type) {
      case type_int:
        return skip_varint(varint_bytes_32);
      case type_long:
        return skip_varint(varint_bytes_64);
      case type_text:
        return counted_bytes();
      case type_custom:
        in().skip(1);
        return counted_bytes();
      case type_dictionary:
        return pairs(dictionary_header());
      case type_hashtable:
        return pairs({});
      case type_objects:
      case type_arrays:
        return repeat(count(), [this] { value(); });
      case type_request:
      case type_event:
        in().skip(1);
        return parameters();
      case type_response:
        return response();
      default:
        break;
    }
    if (type >= type_slim_custom_first && type <= type_slim_custom_last) return counted_bytes();
    array(type);
  }

  void array(std::uint8_t type) {
    switch (type) {
      case type_bools:
        return in().skip((count() + 7) / 8);
      case type_bytes:
        return counted_bytes();
      case type_shorts:
        return in().skip(count() * 2);
      case type_floats:
        return in().skip(count() * 4);
      case type_doubles:
        return in().skip(count() * 8);
      case type_texts:
        return repeat(count(), [this] { counted_bytes(); });
      case type_ints:
        return repeat(count(), [this] { skip_varint(varint_bytes_32); });
      case type_longs:
        return repeat(count(), [this] { skip_varint(varint_bytes_64); });
      case type_customs:
        return customs();
      case type_dictionaries:
        return dictionaries();
      case type_hashtables:
        return repeat(count(), [this] { pairs({}); });
      default:
        return fail(Error::unknown_type);
    }
  }

  void customs() {
    const std::size_t number = count();
    in().skip(1);  // the custom type's code, once for all
    repeat(number, [this] { counted_bytes(); });
  }

  // Types of a dictionary's keys and values; type_any: each brings its own.
  struct Header {
    std::uint8_t key = type_any;
    std::uint8_t value = type_any;
  };

  // Reads the inner headers as well, although every inner dictionary repeats its own.
  Header dictionary_header() {
    const Level level(*this);
    const Header header{in().u8(), in().u8()};
    const bool key_known = header.key == type_any || is_scalar(header.key);
    if (!key_known || !value_type(header.value)) fail(Error::unknown_type);
    return header;
  }

  // Moves behind what a header says about its value type; false when that type isn't allowed there.
  bool value_type(std::uint8_t type) {
    if (!in().ok()) return true;
    if (type == type_dictionary) dictionary_header();
    if (type == type_arrays) return array_of_arrays_type();
    return type == type_any || type == type_dictionary || type == type_hashtable || type == type_objects ||
           is_scalar(type) || is_array(type);
  }

  bool array_of_arrays_type() {
    std::uint8_t type = type_arrays;
    while (type == type_arrays && in().ok()) type = in().u8();
    return !in().ok() || is_array(type);
  }

  void dictionaries() {
    const Level level(*this);
    const Header header = dictionary_header();
    repeat(count(), [this, header] { pairs(header); });
  }

  void pairs(Header header) {
    const std::size_t number = count();
    const auto key_size = fixed_size(header.key);
    const auto value_size = fixed_size(header.value);
    if (key_size && value_size) return in().skip(number * (*key_size + *value_size));
    repeat(number, [this, header] {
      item(header.key);
      item(header.value);
    });
  }

  void item(std::uint8_t type) {
    // The elements of an array of arrays are typed, and as a dictionary's value so is the outer one.
    if (type == type_any || type == type_arrays) return value();
    const Level level(*this);
    if (in().ok()) payload(type);
  }

  void parameters() {
    const std::size_t number = in().u8();
    repeat(number, [this] {
      in().skip(1);
      value();
    });
  }

  void response() {
    in().skip(3);  // operation and return code
    value();       // text
    parameters();
  }

  std::size_t count() {
    const std::size_t number = read_varint(in(), varint_bytes_32);
    return in().ok() ? number : 0;
  }
  void counted_bytes() { in().skip(count()); }
  void skip_varint(std::size_t bytes_max) { read_varint(in(), bytes_max); }
};

}  // namespace

Result<void> skip_value(ByteReader& in) {
  Walker walker(in);
  walker.value();
  return walker.result();
}

Result<std::size_t> read_parameter_count(ByteReader& in) {
  const std::size_t count = in.u8();
  if (!in.ok()) return Error::truncated;
  return count;
}

bool is_empty(Bytes value) {
  ByteReader in(value);
  const std::uint8_t type = in.u8();
  if (type != type_text && type != type_bytes) return type == type_null;
  return read_varint(in, varint_bytes_32) == 0;
}

Result<std::uint8_t> as_byte(Bytes value) {
  ByteReader in(value);
  const std::uint8_t type = in.u8();
  if (value.empty()) return Error::truncated;
  if (type == type_last_zero) return std::uint8_t{0};
  if (type != type_byte) return Error::wrong_type;
  const std::uint8_t byte = in.u8();
  if (!in.ok()) return Error::truncated;
  return byte;
}

Result<Bytes> as_byte_array(Bytes value) {
  ByteReader in(value);
  if (in.u8() != type_bytes) return value.empty() ? Error::truncated : Error::wrong_type;
  const Bytes bytes = in.bytes(read_varint(in, varint_bytes_32));
  if (!in.ok()) return Error::truncated;
  return bytes;
}

std::optional<std::size_t> open_texts(ByteReader& in) {
  ByteReader ahead(in);
  const std::uint8_t type = ahead.u8();
  if (type != type_text && type != type_texts) return std::nullopt;
  in = ahead;
  return type == type_text ? 1 : read_varint(in, varint_bytes_32);
}

Bytes read_text(ByteReader& in) {
  return in.bytes(read_varint(in, varint_bytes_32));
}

void write_text_length(ByteWriter& out, std::size_t size) {
  write_varint(out, static_cast<std::uint32_t>(size));
}

void write_text(ByteWriter& out, std::string_view text) {
  if (text.empty()) return out.u8(type_null);
  out.u8(type_text);
  write_text_length(out, text.size());
  out.bytes(bytes_of(text));
}

void write_byte_array(ByteWriter& out, Bytes bytes) {
  out.u8(type_bytes);
  write_varint(out, static_cast<std::uint32_t>(bytes.size()));
  out.bytes(bytes);
}

}  // namespace gateway::message::protocol_18
