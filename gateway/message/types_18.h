#pragma once

#include <cstddef>
#include <cstdint>

namespace gateway::message::protocol_18 {

/// The type bytes of serialization 1.8. Source: README.md, "Serialization 1.8".
enum : std::uint8_t {
  type_any = 0x00,
  type_bool = 0x02,
  type_byte,
  type_short,
  type_float,
  type_double,
  type_text,
  type_null,
  type_int,
  type_long,
  type_int_byte,
  type_int_byte_negated,
  type_int_short,
  type_int_short_negated,
  type_long_byte,
  type_long_byte_negated,
  type_long_short,
  type_long_short_negated,
  type_custom,
  type_dictionary,
  type_hashtable,
  type_objects = 0x17,
  type_request,
  type_response,
  type_event,
  type_false,
  type_true,
  type_first_zero,
  type_last_zero = 0x22,
  type_arrays = 0x40,
  type_bools = 0x42,
  type_bytes,
  type_shorts,
  type_floats,
  type_doubles,
  type_texts,
  type_ints = 0x49,
  type_longs,
  type_customs = 0x53,
  type_dictionaries,
  type_hashtables,
  type_slim_custom_first = 0x80,
  type_slim_custom_last = 0xE4,
};

inline constexpr std::size_t varint_bytes_32 = 5;
inline constexpr std::size_t varint_bytes_64 = 10;

/// Arrays of one type that have a type byte of their own and may be the elements of others.
inline bool is_array(std::uint8_t type) {
  return (type >= type_bools && type <= type_texts) || type == type_ints || type == type_longs ||
         type == type_hashtables;
}

}  // namespace gateway::message::protocol_18
