#include "wire/error.h"

namespace gateway::wire {

std::string_view name(Error error) {
  switch (error) {
    case Error::datagram_truncated:
      return "datagram_truncated";
    case Error::datagram_flags:
      return "datagram_flags";
    case Error::datagram_encrypted:
      return "datagram_encrypted";
    case Error::datagram_crc:
      return "datagram_crc";
    case Error::command_truncated:
      return "command_truncated";
    case Error::command_size:
      return "command_size";
    case Error::command_type:
      return "command_type";
    case Error::frame_start:
      return "frame_start";
    case Error::frame_length:
      return "frame_length";
    case Error::frame_too_long:
      return "frame_too_long";
  }
  return "unknown";
}

}  // namespace gateway::wire
