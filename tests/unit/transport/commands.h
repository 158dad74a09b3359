#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "wire/command.h"
#include "wire/datagram.h"

namespace gateway::transport::test {

using wire::Command;
using wire::CommandType;
using wire::Flags;

using ByteVector = std::vector<std::uint8_t>;

inline constexpr TimePoint start_time = TimePoint{} + hours(1);

/// The bytes of a text that outlives the view.
inline Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// `size` bytes that differ from message to message and from place to place.
inline std::string pattern(std::size_t size, std::uint32_t seed = 0) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>((i * 7 + i / 251 + seed * 31) & 0xFF);
  return text;
}

// The payload of a command is a view: the text must outlive it.
inline Command reliable(std::uint32_t number, std::string_view text, std::uint8_t channel = 0) {
  Command command;
  command.type = CommandType::send_reliable;
  command.channel = channel;
  command.reliable_seq = number;
  command.payload = as_bytes(text);
  return command;
}

inline Command unreliable(std::uint32_t stamp, std::uint32_t number, std::string_view text,
                          std::uint8_t channel = 0) {
  Command command = reliable(stamp, text, channel);
  command.type = CommandType::send_unreliable;
  command.flags = Flags::unreliable;
  command.unreliable_seq = number;
  return command;
}

inline Command unsequenced(std::uint32_t group, std::string_view text) {
  Command command = unreliable(0, group, text);
  command.type = CommandType::send_unsequenced;
  command.flags = Flags::unsequenced;
  return command;
}

inline Command reliable_unsequenced(std::uint32_t number, std::string_view text) {
  Command command = reliable(number, text);
  command.type = CommandType::send_reliable_unsequenced;
  command.flags = Flags::reliable_unsequenced;
  return command;
}

/// Fragment `index` of `text` cut into pieces of `size`, the first of which has the number `start`.
inline Command fragment(std::uint32_t start, std::uint32_t index, std::string_view text, std::uint32_t size) {
  const auto total = static_cast<std::uint32_t>(text.size());
  Command command = reliable(start + index, text.substr(std::size_t{index} * size, size));
  command.type = CommandType::send_fragment;
  command.fragment = {start, (total + size - 1) / size, index, total, index * size};
  return command;
}

inline Command fragment_unsequenced(std::uint32_t start, std::uint32_t index, std::string_view text,
                                    std::uint32_t size) {
  Command command = fragment(start, index, text, size);
  command.type = CommandType::send_fragment_unsequenced;
  command.flags = Flags::reliable_unsequenced;
  return command;
}

inline Command control(CommandType type, std::uint32_t number) {
  Command command;
  command.type = type;
  command.reliable_seq = number;
  return command;
}

inline Command ack(std::uint8_t channel, std::uint32_t number, std::uint32_t sent_time,
                   bool of_unsequenced = false) {
  Command command;
  command.type = of_unsequenced ? CommandType::ack_unsequenced : CommandType::ack;
  command.channel = channel;
  command.flags = Flags::unreliable;
  command.ack = {number, sent_time};
  return command;
}

inline ByteVector datagram(const wire::DatagramHeader& header, const std::vector<Command>& commands) {
  ByteVector bytes(65'000);
  wire::DatagramWriter writer(bytes, header);
  for (const Command& command : commands) {
    wire::write_command(writer.commands(), command);
    writer.count_command();
  }
  bytes.resize(writer.finish());
  return bytes;
}

/// A parsed datagram that owns its bytes.
struct Parsed {
  ByteVector bytes;
  wire::DatagramHeader header;
  std::vector<Command> commands;

  explicit Parsed(Bytes from) : bytes(from.begin(), from.end()) {
    const auto datagram = wire::parse_datagram(bytes);
    if (!datagram) return;
    header = datagram->header;
    ByteReader in(datagram->commands);
    for (int i = 0; i < header.command_count; ++i) {
      const auto command = wire::parse_command(in, wire::Strictness::strict);
      if (command && *command) commands.push_back(**command);
    }
  }
  Parsed(Parsed&&) = default;

  std::vector<CommandType> types() const {
    std::vector<CommandType> result;
    for (const Command& command : commands) result.push_back(command.type);
    return result;
  }
};

}  // namespace gateway::transport::test
