#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "support/photon_message.h"

namespace gateway::test {

/// How 1.6 writes an array of strings; 1.8 has one form.
enum class StringsForm : std::uint8_t {
  array,    // 79, count, 73: what the .NET library writes
  compact,  // 61, count: what readers take too
};

// Typed values, type byte first: those that the operations of LoadBalancing carry. Written apart from
// gateway/message on purpose: both ends of a test must not share one mistake.

std::vector<std::uint8_t> string_value(Protocol protocol, std::string_view text);
std::vector<std::uint8_t> strings_value(Protocol protocol, const std::vector<std::string>& texts,
                                        StringsForm form = StringsForm::array);
std::vector<std::uint8_t> byte_value(Protocol protocol, std::uint8_t value);
std::vector<std::uint8_t> int_value(Protocol protocol, std::uint16_t value);
std::vector<std::uint8_t> ints_value(Protocol protocol, const std::vector<std::uint16_t>& values);
std::vector<std::uint8_t> empty_table_value(Protocol protocol);
/// Parameter 192: payload encryption with this key of 32 bytes.
std::vector<std::uint8_t> payload_key_value(Protocol protocol, Bytes key);

/// The typed value of a parameter; `parameters` begin with their count. Empty when it is missing or stands
/// behind a value of a type that isn't written here.
std::optional<Bytes> find_value(Protocol protocol, Bytes parameters, std::uint8_t key);

// Empty when the value is of another type or cut.

std::optional<std::string> read_string(Protocol protocol, Bytes value);
std::optional<std::vector<std::string>> read_strings(Protocol protocol, Bytes value);
std::optional<std::uint16_t> read_int(Protocol protocol, Bytes value);
std::optional<std::vector<std::uint8_t>> read_payload_key(Protocol protocol, Bytes value);

}  // namespace gateway::test
