// What values of serialization 1.8 say; the layouts are protocol_18.cpp's.
#include <bit>
#include <cstdint>

#include "message/transcript_readers.h"
#include "message/transcript_writer.h"
#include "message/types_18.h"

namespace gateway::message {

namespace {

using namespace protocol_18;

class Transcript18 : public TranscriptWriter {
 public:
  using TranscriptWriter::TranscriptWriter;

  void value() {
    const Level level(*this);
    if (in().ok()) payload(in().u8());
  }

  void parameters() {
    TranscriptWriter::parameters(in().u8(), [this] { value(); });
  }

  void response() {
    next("return_code", [this] { payload(type_short); });
    next("text", [this] { value(); });
    out() += ',';
    parameters();
  }

 private:
  void payload(std::uint8_t type) {
    if (type >= type_first_zero && type <= type_last_zero) return word("0");
    if (type >= type_slim_custom_first && type <= type_slim_custom_last)
      return custom_value(static_cast<std::uint8_t>(type - type_slim_custom_first));
    switch (type) {
      case type_null:
        return word("null");
      case type_false:
        return word("false");
      case type_true:
        return word("true");
      case type_bool:
        return word(in().u8() != 0 ? "true" : "false");
      case type_byte:
        return number(in().u8());
      case type_short:
        return number(static_cast<std::int16_t>(in().u16_little()));
      case type_float:
        return decimal(std::bit_cast<float>(static_cast<std::uint32_t>(little_endian(4))));
      case type_double:
        return decimal(std::bit_cast<double>(little_endian(8)));
      case type_text:
        return text(counted_bytes());
      case type_custom:
        return custom_value(in().u8());
      default:
        return integer(type);
    }
  }

  void integer(std::uint8_t type) {
    switch (type) {
      case type_int:
        return number(static_cast<std::int32_t>(zigzag(static_cast<std::uint32_t>(varint(varint_bytes_32)))));
      case type_long:
        return number(zigzag(varint(varint_bytes_64)));
      case type_int_byte:
      case type_long_byte:
        return number(in().u8());
      case type_int_byte_negated:
      case type_long_byte_negated:
        return number(-int{in().u8()});
      case type_int_short:
      case type_long_short:
        return number(in().u16_little());
      case type_int_short_negated:
      case type_long_short_negated:
        return number(-int{in().u16_little()});
      default:
        return compound(type);
    }
  }

  void compound(std::uint8_t type) {
    switch (type) {
      case type_dictionary:
        return pairs(dictionary_header());
      case type_hashtable:
        return pairs({});
      case type_objects:
      case type_arrays:
        return list(count(), [this] { value(); });
      case type_request:
      case type_event:
        return message(type == type_event ? "event" : "request", [this] {
          out() += ',';
          parameters();
        });
      case type_response:
        return message("response", [this] { response(); });
      default:
        return array(type);
    }
  }

  void array(std::uint8_t type) {
    switch (type) {
      case type_bools:
        return bools();
      case type_bytes:
        return byte_array(counted_bytes());
      case type_shorts:
      case type_floats:
      case type_doubles:
      case type_texts:
      case type_ints:
      case type_longs:
      case type_hashtables:
        return list(count(), [this, type] { payload(static_cast<std::uint8_t>(type & ~type_arrays)); });
      case type_customs:
        return customs();
      case type_dictionaries:
        return dictionaries();
      default:
        return fail(Error::unknown_type);
    }
  }

  void custom_value(std::uint8_t code) { custom(code, counted_bytes()); }

  void bools() {
    const std::size_t number = count();
    const Bytes bits = in().bytes((number + 7) / 8);
    std::size_t index = 0;
    list(in().ok() ? number : 0, [&] {
      const bool bit = (bits[index / 8] >> (index % 8) & 1) != 0;
      ++index;
      word(bit ? "true" : "false");
    });
  }

  void customs() {
    const std::size_t number = count();
    const std::uint8_t code = in().u8();
    list(number, [this, code] { custom_value(code); });
  }

  struct Header {
    std::uint8_t key = type_any;
    std::uint8_t value = type_any;
  };

  // Which types may stand there is skip_value's business; here it matters where what a header says ends.
  Header dictionary_header() {
    const Level level(*this);
    const Header header{in().u8(), in().u8()};
    if (!in().ok()) return header;
    if (header.value == type_dictionary) dictionary_header();
    if (header.value == type_arrays) skip_array_of_arrays_type();
    return header;
  }

  void skip_array_of_arrays_type() {
    std::uint8_t type = type_arrays;
    while (type == type_arrays && in().ok()) type = in().u8();
    if (!is_array(type)) fail(Error::unknown_type);
  }

  void dictionaries() {
    const Level level(*this);
    const Header header = dictionary_header();
    list(count(), [this, header] { pairs(header); });
  }

  void pairs(Header header) {
    table(
        count(), [this, header] { item(header.key); }, [this, header] { item(header.value); });
  }

  void item(std::uint8_t type) {
    if (type == type_any || type == type_arrays) return value();
    const Level level(*this);
    if (in().ok()) payload(type);
  }

  std::uint64_t little_endian(std::size_t size) {
    std::uint64_t value = 0;
    const Bytes view = in().bytes(size);
    for (std::size_t i = view.size(); i-- > 0;) value = value << 8U | view[i];
    return value;
  }
  std::uint64_t varint(std::size_t bytes_max) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes_max; ++i) {
      const std::uint8_t byte = in().u8();
      value |= std::uint64_t{byte & 0x7FU} << (7 * i);
      if ((byte & 0x80U) == 0) break;
    }
    return value;
  }
  static std::int64_t zigzag(std::uint64_t value) {
    return static_cast<std::int64_t>((value >> 1U) ^ (~(value & 1U) + 1U));
  }
  std::size_t count() {
    const auto number = static_cast<std::uint32_t>(varint(varint_bytes_32));
    return in().ok() ? number : 0;
  }
  Bytes counted_bytes() { return in().bytes(count()); }
};

}  // namespace

Result<void> transcribe_parameters_18(std::string& out, ByteReader& in, bool response) {
  return transcribe<Transcript18>(out, in, response);
}

}  // namespace gateway::message
