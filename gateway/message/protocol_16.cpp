#include "message/protocol_16.h"

#include <cassert>
#include <optional>

#include "message/walk.h"

namespace gateway::message::protocol_16 {

namespace {

constexpr std::size_t count_max = 0x7FFF;           // 16-bit lengths and counts are signed
constexpr std::size_t long_count_max = 0x7FFFFFFF;  // as are the 32-bit ones

// Payload sizes of the types that always have the same.
std::optional<std::size_t> fixed_size(std::uint8_t type) {
  switch (type) {
    case '\0':
    case '*':
      return 0;
    case 'b':
    case 'o':
      return 1;
    case 'k':
      return 2;
    case 'i':
    case 'f':
      return 4;
    case 'l':
    case 'd':
      return 8;
    default:
      return std::nullopt;
  }
}

// A negative count fails the reader, as one that is larger than the rest would.
std::size_t checked(ByteReader& in, std::size_t count, std::size_t max) {
  if (count > max) in.fail();
  return in.ok() ? count : 0;
}
std::size_t read_count(ByteReader& in) {
  return checked(in, in.u16(), count_max);
}
std::size_t read_long_count(ByteReader& in) {
  return checked(in, in.u32(), long_count_max);
}

// In a dictionary header these mean that every key or value brings its own type.
bool is_any(std::uint8_t type) {
  return type == '\0' || type == '*';
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
      case 's':
        return in().skip(count());
      case 'x':
        return in().skip(long_count());
      case 'n':
        return in().skip(long_count() * 4);
      case 'a':
        return repeat(count(), [this] { in().skip(count()); });
      case 'z':
        return repeat(count(), [this] { value(); });
      case 'y':
        return array();
      case 'h':
        return repeat(count() * 2, [this] { value(); });
      case 'D':
        return dictionary(dictionary_header());
      case 'c':
        in().skip(1);
        return in().skip(count());
      case 'e':
      case 'q':
        in().skip(1);
        return parameters();
      case 'p':
        return response();
      case 'v':
        return vector();
      default:
        return fail(Error::unknown_type);
    }
  }

  // Elements of one type, without type bytes. One step for those of a fixed size, among them the size zero,
  // so that the work never exceeds the bytes.
  void elements(std::uint8_t type, std::size_t number) {
    if (const auto size = fixed_size(type)) return in().skip(number * *size);
    const Level level(*this);
    repeat(number, [this, type] { payload(type); });
  }

  void array() {
    const std::size_t number = count();
    const std::uint8_t type = in().u8();
    if (type == 'c') {
      in().skip(1);  // the custom type's code, once for all
      return repeat(number, [this] { in().skip(count()); });
    }
    if (type == 'D') {
      const Level level(*this);
      const Header header = dictionary_header();
      return repeat(number, [this, header] { dictionary(header); });
    }
    if (in().ok()) elements(type, number);
  }

  struct Header {
    std::uint8_t key = 0;
    std::uint8_t value = 0;
  };

  Header dictionary_header() {
    const Header header{in().u8(), in().u8()};
    // Servers and clients disagree about what follows here, so the rest can't be read.
    for (const std::uint8_t type : {header.key, header.value}) {
      if (type == 'D' || type == 'y') fail(Error::unknown_type);
    }
    if (header.value == 'c') in().skip(1);  // the custom type's code, once for all
    return header;
  }

  void dictionary(Header header) {
    repeat(count(), [this, header] {
      item(header.key);
      if (header.value == 'c') return in().skip(count());
      item(header.value);
    });
  }

  void item(std::uint8_t type) {
    if (is_any(type)) return value();
    const Level level(*this);
    if (in().ok()) payload(type);
  }

  void parameters() {
    repeat(count(), [this] {
      in().skip(1);
      value();
    });
  }

  void response() {
    in().skip(3);  // operation and return code
    value();       // text
    parameters();
  }

  void vector() {
    const std::size_t number = count();
    if (number == 0 || !in().ok()) return;
    const Level level(*this);
    const std::uint8_t type = in().u8();
    if (in().ok()) elements(type, number);
  }

  std::size_t count() { return read_count(in()); }
  std::size_t long_count() { return read_long_count(in()); }
};

}  // namespace

Result<void> skip_value(ByteReader& in) {
  Walker walker(in);
  walker.value();
  return walker.result();
}

Result<std::size_t> read_parameter_count(ByteReader& in) {
  const std::size_t count = read_count(in);
  if (!in.ok()) return Error::truncated;
  return count;
}

bool is_empty(Bytes value) {
  ByteReader in(value);
  switch (in.u8()) {
    case '*':
    case '\0':
      return true;
    case 's':
    case 'y':
      return in.u16() == 0;
    case 'x':
      return in.u32() == 0;
    default:
      return false;
  }
}

Result<std::uint8_t> as_byte(Bytes value) {
  ByteReader in(value);
  if (in.u8() != 'b') return value.empty() ? Error::truncated : Error::wrong_type;
  const std::uint8_t byte = in.u8();
  if (!in.ok()) return Error::truncated;
  return byte;
}

Result<Bytes> as_byte_array(Bytes value) {
  ByteReader in(value);
  if (in.u8() != 'x') return value.empty() ? Error::truncated : Error::wrong_type;
  const Bytes bytes = in.bytes(in.u32());
  if (!in.ok()) return Error::truncated;
  return bytes;
}

std::optional<std::size_t> open_texts(ByteReader& in) {
  ByteReader ahead(in);
  const std::uint8_t type = ahead.u8();
  std::size_t texts = 1;
  if (type == 'a' || type == 'y') texts = read_count(ahead);
  const bool known = type == 's' || type == 'a' || (type == 'y' && ahead.u8() == 's');
  if (!known) return std::nullopt;
  in = ahead;
  return texts;
}

Bytes read_text(ByteReader& in) {
  return in.bytes(read_count(in));
}

void write_text_length(ByteWriter& out, std::size_t size) {
  assert(size <= count_max);
  out.u16(static_cast<std::uint16_t>(size));
}

void write_text(ByteWriter& out, std::string_view text) {
  if (text.empty()) return out.u8('*');
  out.u8('s');
  write_text_length(out, text.size());
  out.bytes(bytes_of(text));
}

void write_byte_array(ByteWriter& out, Bytes bytes) {
  out.u8('x');
  out.u32(static_cast<std::uint32_t>(bytes.size()));
  out.bytes(bytes);
}

}  // namespace gateway::message::protocol_16
