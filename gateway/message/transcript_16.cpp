// What values of serialization 1.6 say; the layouts are protocol_16.cpp's.
#include <bit>
#include <cstdint>

#include "message/transcript_readers.h"
#include "message/transcript_writer.h"

namespace gateway::message {

namespace {

constexpr std::size_t count_max = 0x7FFF;
constexpr std::size_t long_count_max = 0x7FFFFFFF;

bool is_any(std::uint8_t type) {
  return type == '\0' || type == '*';
}

class Transcript16 : public TranscriptWriter {
 public:
  using TranscriptWriter::TranscriptWriter;

  void value() {
    const Level level(*this);
    if (in().ok()) payload(in().u8());
  }

  void parameters() {
    TranscriptWriter::parameters(count(), [this] { value(); });
  }

  void response() {
    next("return_code", [this] { number(static_cast<std::int16_t>(in().u16())); });
    next("text", [this] { value(); });
    out() += ',';
    parameters();
  }

 private:
  void payload(std::uint8_t type) {
    switch (type) {
      case '\0':
      case '*':
        return word("null");
      case 'b':
        return number(in().u8());
      case 'o':
        return word(in().u8() != 0 ? "true" : "false");
      case 'k':
        return number(static_cast<std::int16_t>(in().u16()));
      case 'i':
        return number(static_cast<std::int32_t>(in().u32()));
      case 'l':
        return number(static_cast<std::int64_t>(u64()));
      case 'f':
        return decimal(std::bit_cast<float>(in().u32()));
      case 'd':
        return decimal(std::bit_cast<double>(u64()));
      case 's':
        return text(in().bytes(count()));
      case 'x':
        return byte_array(in().bytes(long_count()));
      case 'c':
        return custom_value(in().u8());
      default:
        return compound(type);
    }
  }

  void compound(std::uint8_t type) {
    switch (type) {
      case 'n':
        return list(long_count(), [this] { payload('i'); });
      case 'a':
        return list(count(), [this] { payload('s'); });
      case 'z':
        return list(count(), [this] { value(); });
      case 'y':
        return array();
      case 'v':
        return vector();
      case 'h':
        return table(
            count(), [this] { value(); }, [this] { value(); });
      case 'D':
        return dictionary(dictionary_header());
      case 'e':
      case 'q':
        return message(type == 'e' ? "event" : "request", [this] {
          out() += ',';
          parameters();
        });
      case 'p':
        return message("response", [this] { response(); });
      default:
        return fail(Error::unknown_type);
    }
  }

  void custom_value(std::uint8_t code) { custom(code, in().bytes(count())); }

  void array() {
    const std::size_t number = count();
    const std::uint8_t type = in().u8();
    if (type == 'c') {
      const std::uint8_t code = in().u8();
      return list(number, [this, code] { custom_value(code); });
    }
    if (type == 'D') {
      const Level level(*this);
      const Header header = dictionary_header();
      return list(number, [this, header] { dictionary(header); });
    }
    elements(number, type);
  }

  void vector() {
    const std::size_t number = count();
    if (number == 0 || !in().ok()) return word("[]");
    elements(number, in().u8());
  }

  void elements(std::size_t number, std::uint8_t type) {
    const Level level(*this);
    list(number, [this, type] { payload(type); });
  }

  struct Header {
    std::uint8_t key = 0;
    std::uint8_t value = 0;
    std::uint8_t custom = 0;  // the custom type's code, where that is the value's type
  };

  Header dictionary_header() {
    Header header{in().u8(), in().u8()};
    for (const std::uint8_t type : {header.key, header.value}) {
      if (type == 'D' || type == 'y') fail(Error::unknown_type);
    }
    if (header.value == 'c') header.custom = in().u8();
    return header;
  }

  void dictionary(Header header) {
    table(
        count(), [this, header] { item(header.key); },
        [this, header] {
          if (header.value == 'c') return custom_value(header.custom);
          item(header.value);
        });
  }

  void item(std::uint8_t type) {
    if (is_any(type)) return value();
    const Level level(*this);
    if (in().ok()) payload(type);
  }

  std::uint64_t u64() {
    const std::uint64_t high = in().u32();
    return high << 32U | in().u32();
  }
  std::size_t checked(std::size_t count, std::size_t max) {
    if (count > max) in().fail();
    return in().ok() ? count : 0;
  }
  std::size_t count() { return checked(in().u16(), count_max); }
  std::size_t long_count() { return checked(in().u32(), long_count_max); }
};

}  // namespace

Result<void> transcribe_parameters_16(std::string& out, ByteReader& in, bool response) {
  return transcribe<Transcript16>(out, in, response);
}

}  // namespace gateway::message
