#include "message/value.h"

#include "message/protocol_16.h"
#include "message/protocol_18.h"

namespace gateway::message {

Result<void> skip_value(ByteReader& in, Serialization serialization) {
  return serialization == Serialization::v16 ? protocol_16::skip_value(in) : protocol_18::skip_value(in);
}

Result<std::size_t> read_parameter_count(ByteReader& in, Serialization serialization) {
  return serialization == Serialization::v16 ? protocol_16::read_parameter_count(in)
                                             : protocol_18::read_parameter_count(in);
}

Result<Bytes> find_parameter(Bytes body, Serialization serialization, std::uint8_t key) {
  ByteReader in(body);
  in.skip(1);  // operation or event code
  const auto count = read_parameter_count(in, serialization);
  if (!count) return count.error();
  Result<Bytes> found = Error::missing_parameter;
  for (std::size_t i = 0; i < *count; ++i) {
    const bool wanted = in.u8() == key;
    const std::size_t begin = in.position();
    if (const auto skipped = skip_value(in, serialization); !skipped) return skipped.error();
    if (wanted) found = body.subspan(begin, in.position() - begin);
  }
  return found;
}

bool has_parameter(Bytes body, Serialization serialization, std::uint8_t key) {
  ByteReader in(body);
  in.skip(1);  // operation or event code
  const auto count = read_parameter_count(in, serialization);
  if (!count) return false;
  bool has = false;
  for (std::size_t i = 0; i < *count; ++i) {
    const bool wanted = in.u8() == key;
    const std::size_t begin = in.position();
    if (!skip_value(in, serialization)) return false;
    if (!wanted) continue;
    if (is_empty(body.subspan(begin, in.position() - begin), serialization)) return false;
    has = true;
  }
  return has;
}

bool is_empty(Bytes value, Serialization serialization) {
  return serialization == Serialization::v16 ? protocol_16::is_empty(value) : protocol_18::is_empty(value);
}

Result<std::uint8_t> as_byte(Bytes value, Serialization serialization) {
  return serialization == Serialization::v16 ? protocol_16::as_byte(value) : protocol_18::as_byte(value);
}

Result<Bytes> as_byte_array(Bytes value, Serialization serialization) {
  return serialization == Serialization::v16 ? protocol_16::as_byte_array(value)
                                             : protocol_18::as_byte_array(value);
}

}  // namespace gateway::message
