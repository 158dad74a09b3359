#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "message/envelope.h"
#include "message/init.h"

namespace gateway::test {

/// What the test server understands. Its own operations carry one parameter, 1: a byte array that starts with
/// a big-endian 32-bit argument. Any code that is not listed is answered like `echo`.
enum class Operation : std::uint8_t {
  echo = 1,              // response: same code, return code 0, the request's parameters byte for byte
  echo_late = 2,         // the same after `argument` milliseconds
  echo_twice = 3,        // the same, two times
  silent = 4,            // no answer, as RaiseEvent has none
  echo_on_channel = 5,   // on channel `argument`
  echo_unreliable = 6,   // unreliable, whatever the request was
  big = 7,               // a response whose whole message is `argument` bytes long (at least 32)
  unasked = 8,           // a response with code `argument`, which may be one nobody asked for
  kick = 9,              // Disconnect with reason `argument`, after what is queued
  join = 226,            // enter the room; response, then event 255 to everybody in it
  set_properties = 252,  // event 253 to everybody in the room; no response
  raise_event =
      253,  // event `parameter 244` with `parameter 245` as data to the others in the room; no response
};

inline constexpr std::uint8_t argument_parameter = 1;
inline constexpr std::uint8_t event_code_parameter = 244;
inline constexpr std::uint8_t event_data_parameter = 245;
inline constexpr std::uint8_t join_event = 255;
inline constexpr std::uint8_t properties_event = 253;

/// A typed byte array.
std::vector<std::uint8_t> byte_array_value(message::Serialization serialization, Bytes bytes);

struct Parameter {
  std::uint8_t key = 0;
  std::vector<std::uint8_t> value;  // typed: type byte first
};

/// The body behind an operation or event code: count and parameters.
std::vector<std::uint8_t> write_parameters(message::Serialization serialization,
                                           const std::vector<Parameter>& parameters);

/// A whole clear message: envelope, code and parameters. For type 3 return code 0 and no text are written.
std::vector<std::uint8_t> write_message(message::Serialization serialization, message::Type type,
                                        std::uint8_t code, const std::vector<Parameter>& parameters);

/// A request of one of the operations above: parameter 1 is `argument` and then `data`.
std::vector<std::uint8_t> write_operation(message::Serialization serialization, Operation operation,
                                          std::uint32_t argument, Bytes data);

/// RaiseEvent as clients write it: 244 = event code, 245 = data as a byte array.
std::vector<std::uint8_t> write_raise_event(message::Serialization serialization, std::uint8_t event_code,
                                            Bytes data);

/// Parameter 1 as write_operation wrote it, in a request, a response or an event of the test server
/// (`message` is whole and clear): argument and data.
struct Argument {
  std::uint32_t number = 0;
  std::vector<std::uint8_t> data;
};
std::optional<Argument> read_argument(message::Serialization serialization, Bytes message);

/// The code of a clear message: its third byte.
inline std::uint8_t code_of(Bytes message) {
  return message.size() > 2 ? message[2] : std::uint8_t{0};
}
inline message::Type type_of(Bytes message) {
  return static_cast<message::Type>(message[1] & 0x7F);
}

}  // namespace gateway::test
