#include "wire/command.h"

#include <algorithm>

namespace gateway::wire {

namespace {

constexpr std::size_t command_header_bytes = 12;

bool has_payload(CommandType type) {
  switch (type) {
    case CommandType::send_reliable:
    case CommandType::send_unreliable:
    case CommandType::send_fragment:
    case CommandType::send_unsequenced:
    case CommandType::send_reliable_unsequenced:
    case CommandType::send_fragment_unsequenced:
      return true;
    default:
      return false;
  }
}

bool is_known(std::uint8_t type) {
  return (type >= 1 && type <= 8) || type == 11 || type == 12 || (type >= 14 && type <= 16);
}

void parse_connect(ByteReader& in, ConnectBody& body) {
  body.peer = in.u16();
  body.mtu = in.u16();
  in.skip(4 + 3);  // window size (5.1: feature flags) and the upper bytes of the channel count
  body.channels = in.u8();
  in.skip(20);  // bandwidths and throttle, which no client uses
}

void write_connect(ByteWriter& out, const ConnectBody& body) {
  out.u16(body.peer);
  out.u16(body.mtu);
  out.u16(0);       // feature flags: none
  out.u16(0x8000);  // window size
  out.u32(body.channels);
  out.u32(0);     // incoming bandwidth
  out.u32(0);     // outgoing bandwidth
  out.u32(5000);  // throttle interval, acceleration, deceleration: the stock values
  out.u32(2);
  out.u32(2);
}

void parse_fragment(ByteReader& in, FragmentBody& body) {
  body.start_seq = in.u32();
  body.count = in.u32();
  body.number = in.u32();
  body.total_length = in.u32();
  body.offset = in.u32();
}

void write_fragment(ByteWriter& out, const FragmentBody& body) {
  out.u32(body.start_seq);
  out.u32(body.count);
  out.u32(body.number);
  out.u32(body.total_length);
  out.u32(body.offset);
}

void parse_body(ByteReader& in, Command& command) {
  switch (command.type) {
    case CommandType::ack:
    case CommandType::ack_unsequenced:
      command.ack.reliable_seq = in.u32();
      command.ack.sent_time = in.u32();
      return;
    case CommandType::connect:
    case CommandType::verify_connect:
      return parse_connect(in, command.connect);
    case CommandType::send_unreliable:
    case CommandType::send_unsequenced:
      command.unreliable_seq = in.u32();
      return;
    case CommandType::send_fragment:
    case CommandType::send_fragment_unsequenced:
      return parse_fragment(in, command.fragment);
    case CommandType::disconnect:
    case CommandType::ping:
    case CommandType::server_time:
    case CommandType::send_reliable:
    case CommandType::send_reliable_unsequenced:
      return;
  }
}

// A peer's size field against the type's fixed length and the bytes there are.
Result<std::size_t> checked_size(std::uint32_t size, CommandType type, std::size_t available,
                                 Strictness strictness) {
  const std::size_t fixed = command_bytes(type);
  if (size < fixed) return Error::command_size;
  if (!has_payload(type) && size != fixed) {
    // One server in the field announces 20 bytes for a Ping and sends 12. Clients don't look at the size of
    // such commands, so neither do we with servers.
    if (strictness == Strictness::strict) return Error::command_size;
    return fixed <= available ? Result<std::size_t>(fixed) : Error::command_truncated;
  }
  if (size > available) return Error::command_truncated;
  return std::size_t{size};
}

}  // namespace

std::size_t command_bytes(CommandType type) {
  switch (type) {
    case CommandType::ack:
    case CommandType::ack_unsequenced:
      return 20;
    case CommandType::connect:
    case CommandType::verify_connect:
      return 44;
    case CommandType::send_unreliable:
    case CommandType::send_unsequenced:
      return 16;
    case CommandType::send_fragment:
    case CommandType::send_fragment_unsequenced:
      return 32;
    case CommandType::disconnect:
    case CommandType::ping:
    case CommandType::send_reliable:
    case CommandType::server_time:
    case CommandType::send_reliable_unsequenced:
      return 12;
  }
  return command_header_bytes;
}

std::size_t command_bytes(const Command& command) {
  return command_bytes(command.type) + command.payload.size();
}

Result<std::optional<Command>> parse_command(ByteReader& in, Strictness strictness) {
  const std::size_t available = in.remaining();
  const std::uint8_t type = in.u8();
  Command command;
  command.type = static_cast<CommandType>(type);
  command.channel = in.u8();
  command.flags = static_cast<Flags>(in.u8() & 3);
  command.reserved = in.u8();
  const std::uint32_t size = in.u32();
  command.reliable_seq = in.u32();
  if (!in.ok()) return Error::command_truncated;

  if (!is_known(type)) {
    if (size < command_header_bytes) return Error::command_size;
    in.skip(size - command_header_bytes);
    if (!in.ok()) return Error::command_truncated;
    return std::optional<Command>();
  }
  const auto checked = checked_size(size, command.type, available, strictness);
  if (!checked) return checked.error();
  parse_body(in, command);
  const Bytes rest = in.bytes(*checked - command_bytes(command.type));
  if (has_payload(command.type)) command.payload = rest;
  return std::optional<Command>(command);
}

void write_command(ByteWriter& out, const Command& command) {
  out.u8(static_cast<std::uint8_t>(command.type));
  out.u8(command.channel);
  out.u8(static_cast<std::uint8_t>(command.flags));
  out.u8(command.reserved);
  out.u32(static_cast<std::uint32_t>(command_bytes(command)));
  out.u32(command.reliable_seq);
  switch (command.type) {
    case CommandType::ack:
    case CommandType::ack_unsequenced:
      out.u32(command.ack.reliable_seq);
      out.u32(command.ack.sent_time);
      break;
    case CommandType::connect:
    case CommandType::verify_connect:
      write_connect(out, command.connect);
      break;
    case CommandType::send_unreliable:
    case CommandType::send_unsequenced:
      out.u32(command.unreliable_seq);
      break;
    case CommandType::send_fragment:
    case CommandType::send_fragment_unsequenced:
      write_fragment(out, command.fragment);
      break;
    case CommandType::disconnect:
    case CommandType::ping:
    case CommandType::server_time:
    case CommandType::send_reliable:
    case CommandType::send_reliable_unsequenced:
      break;
  }
  out.bytes(command.payload);
}

}  // namespace gateway::wire
