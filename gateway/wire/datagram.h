#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "wire/error.h"

namespace gateway::wire {

/// What the first 12 (with CRC 16) bytes of a datagram say. Source: README.md, "Datagram header".
struct DatagramHeader {
  std::uint16_t peer =
      0;             // id given by VerifyConnect; peer_unassigned or peer_tracing before; 0 to the client
  bool crc = false;  // flags 0xCC: a CRC follows the challenge
  std::uint8_t command_count = 0;  // commands that follow, 1…255
  std::uint32_t sent_time = 0;     // sender's clock in ms at sending, wraps
  std::uint32_t challenge = 0;     // picked by the client for the connection's life
};

inline constexpr std::uint16_t peer_unassigned = 0xFFFF;
inline constexpr std::uint16_t peer_tracing = 0xFFFE;  // "server tracing" clients, before VerifyConnect

inline constexpr std::size_t header_bytes = 12;
inline constexpr std::size_t crc_bytes = 4;
inline constexpr std::size_t header_bytes_max = header_bytes + crc_bytes;
inline constexpr std::size_t mtu_min = 576;
inline constexpr std::size_t mtu_default = 1200;

struct Datagram {
  DatagramHeader header;
  Bytes commands;  // what follows the header; trailing bytes after the last command are ignored
};

/// Reads the header and, where flags say so, checks the CRC. The commands are not looked at.
/// Errors: datagram_truncated, datagram_flags, datagram_encrypted, datagram_crc.
Result<Datagram> parse_datagram(Bytes bytes);

/// The client's out-of-protocol latency probe: twelve 0x7D and an id byte, answered by the same 13 bytes.
bool is_region_ping(Bytes bytes);

/// JAMCRC over a whole datagram whose CRC field counts as zero. "123456789" without a field gives 0x340BC6D9.
std::uint32_t datagram_crc(Bytes datagram);

/// Writes one datagram into a caller's buffer: reserves the header, hands out the rest, fills in count and
/// CRC at the end.
class DatagramWriter {
 public:
  /// `out` is at most the peer's MTU and at least header_bytes_max.
  DatagramWriter(MutableBytes out, const DatagramHeader& header);

  ByteWriter& commands() { return writer_; }
  void count_command() { ++header_.command_count; }
  std::uint8_t command_count() const { return header_.command_count; }

  /// The finished datagram's length; 0 when no command was written.
  std::size_t finish();

 private:
  MutableBytes out_;
  DatagramHeader header_;
  ByteWriter writer_;
};

}  // namespace gateway::wire
