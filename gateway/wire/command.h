#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "wire/error.h"

namespace gateway::wire {

/// Command types. 9, 10, 13 and 17…19 exist in the protocol's tables but are never sent to us.
/// Source: README.md, "Commands".
enum class CommandType : std::uint8_t {
  ack = 1,
  connect = 2,
  verify_connect = 3,
  disconnect = 4,
  ping = 5,
  send_reliable = 6,
  send_unreliable = 7,
  send_fragment = 8,
  send_unsequenced = 11,
  server_time = 12,
  send_reliable_unsequenced = 14,
  send_fragment_unsequenced = 15,
  ack_unsequenced = 16,
};

inline constexpr std::uint8_t control_channel = 0xFF;

/// The command's flags byte, which is also the delivery mode of a message: bit 0 reliable, bit 1 unsequenced.
enum class Flags : std::uint8_t { unreliable = 0, reliable = 1, unsequenced = 2, reliable_unsequenced = 3 };

inline bool is_reliable(Flags flags) {
  return (static_cast<std::uint8_t>(flags) & 1) != 0;
}
inline bool is_unsequenced(Flags flags) {
  return (static_cast<std::uint8_t>(flags) & 2) != 0;
}

inline constexpr std::uint8_t reserved_default = 4;

/// Body of Connect and VerifyConnect, as far as anyone reads it.
struct ConnectBody {
  std::uint16_t peer = 0;     // Connect: what to put into our header (0); VerifyConnect: the assigned id
  std::uint16_t mtu = 0;      // longest UDP payload the sender takes
  std::uint8_t channels = 0;  // data channels, without 0xFF
};

/// Body of Ack and AckUnsequenced.
struct AckBody {
  std::uint32_t reliable_seq = 0;  // of the acknowledged command
  std::uint32_t sent_time = 0;     // of the datagram that carried this copy of it
};

/// Body of the two fragment commands, without the data.
struct FragmentBody {
  std::uint32_t start_seq = 0;     // reliable_seq of fragment 0
  std::uint32_t count = 0;         // fragments of the message
  std::uint32_t number = 0;        // 0…count−1
  std::uint32_t total_length = 0;  // bytes of the whole message
  std::uint32_t offset = 0;        // of this fragment's data in it
};

/// One command. Which of the bodies means something follows from the type.
struct Command {
  CommandType type = CommandType::ping;
  std::uint8_t channel = control_channel;
  Flags flags = Flags::reliable;
  std::uint8_t reserved = reserved_default;  // reason in Disconnect, otherwise ignored
  std::uint32_t reliable_seq = 0;
  std::uint32_t unreliable_seq = 0;  // send_unreliable: per channel; send_unsequenced: the group, per peer
  AckBody ack{};
  ConnectBody connect{};
  FragmentBody fragment{};
  Bytes payload{};  // types 6, 7, 8, 11, 14, 15; a view into the datagram
};

/// Strict for what clients send us; lenient for servers: a size field larger than a
/// fixed-size command's is not believed, the fixed size is taken.
enum class Strictness : std::uint8_t { strict, lenient };

/// Length of a command of this type without its payload: 12 for the header plus the type's fixed fields.
std::size_t command_bytes(CommandType type);
/// And with its payload.
std::size_t command_bytes(const Command& command);

/// Reads the next command. Unknown types are skipped by their size and give an empty optional.
/// Errors: command_truncated, command_size; after an error the rest of the datagram can't be read.
Result<std::optional<Command>> parse_command(ByteReader& in, Strictness strictness);

/// Writes one command; the size field is computed. A command that doesn't fit leaves `out` !ok().
void write_command(ByteWriter& out, const Command& command);

}  // namespace gateway::wire
