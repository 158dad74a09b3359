#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace gateway::wire {

/// Why a datagram, a stream or a part of it was refused. name() is the log word and the `reason` label.
enum class Error : std::uint8_t {
  datagram_truncated,  // shorter than its header
  datagram_flags,      // flags other than 0x00 and 0xCC (0x01, the encrypted datagram, has its own)
  datagram_encrypted,  // flags 0x01: datagram encryption, which a gateway can't open
  datagram_crc,        // CRC present and wrong
  command_truncated,   // command runs past the end of the datagram
  command_size,        // size field impossible for the command's type
  command_type,        // a type nobody sends
  frame_start,         // a byte of a stream that begins neither a frame nor a ping
  frame_length,        // a frame too short to be one
  frame_too_long,      // a frame whose message would be longer than messages may be
};

std::string_view name(Error error);

template <class T>
using Result = gateway::Result<T, Error>;

}  // namespace gateway::wire
