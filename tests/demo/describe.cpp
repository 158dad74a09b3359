#include "demo/describe.h"

#include <algorithm>

#include "support/vectors.h"
#include "wire/command.h"
#include "wire/datagram.h"

namespace gateway::test {

namespace {

using wire::CommandType;

constexpr std::size_t shown_bytes = 48;

/// Hex of the first bytes, and what a human can read of them.
std::string dump(Bytes bytes) {
  const Bytes shown = bytes.first(std::min(bytes.size(), shown_bytes));
  std::string text;
  for (const std::uint8_t byte : shown)
    text.push_back(byte >= 0x20 && byte < 0x7F ? static_cast<char>(byte) : '.');
  const std::string more = shown.size() < bytes.size() ? "…" : "";
  return to_hex(shown) + more + "  |" + text + more + "|";
}

std::string on_channel(const wire::Command& command) {
  return " (channel " + std::to_string(command.channel) + ", number " + std::to_string(command.reliable_seq) +
         ")";
}

std::string kind_of(std::uint8_t type) {
  switch (type) {
    case 2:
      return "operation request";
    case 3:
      return "operation response";
    case 4:
      return "event";
    case 5:
      return "disconnect message";
    case 6:
      return "internal operation request";
    case 7:
      return "internal operation response";
    case 8:
      return "message";
    case 9:
      return "raw message";
    default:
      return "message of type " + std::to_string(type);
  }
}

std::string describe(const wire::Command& command) {
  const std::string number = std::to_string(command.ack.reliable_seq);
  switch (command.type) {
    case CommandType::ack:
    case CommandType::ack_unsequenced:
      return "Ack of number " + number + " on channel " + std::to_string(command.channel);
    case CommandType::connect:
      return "Connect, MTU " + std::to_string(command.connect.mtu) + ", " +
             std::to_string(command.connect.channels) + " channels";
    case CommandType::verify_connect:
      return "VerifyConnect, peer id " + std::to_string(command.connect.peer);
    case CommandType::disconnect:
      return "Disconnect " + std::to_string(command.reserved);
    case CommandType::ping:
      return "Ping";
    case CommandType::server_time:
      return "ServerTime";
    case CommandType::send_fragment:
    case CommandType::send_fragment_unsequenced:
      return "fragment " + std::to_string(command.fragment.number + 1) + " of " +
             std::to_string(command.fragment.count) + on_channel(command) + ": " + dump(command.payload);
    case CommandType::send_reliable:
    case CommandType::send_unreliable:
    case CommandType::send_unsequenced:
    case CommandType::send_reliable_unsequenced:
      return describe_message(command.payload) + on_channel(command);
  }
  return "?";
}

}  // namespace

std::string describe_message(Bytes message) {
  if (message.size() < 2 || message[0] != 0xF3) return "Init as text: " + dump(message);
  const std::uint8_t type = message[1] & 0x7F;
  const Bytes body = message.subspan(2);
  if (type == 0) return "Init: " + dump(body);
  if (type == 1) return "InitResponse";
  if ((message[1] & 0x80) != 0) {
    return kind_of(type) + " ENCRYPTED, " + std::to_string(body.size()) +
           " bytes of ciphertext: " + dump(body);
  }
  const bool keys = (type == 6 || type == 7) && !body.empty() && body.front() == 0;
  if (keys)
    return std::string("key exchange ") + (type == 6 ? "request" : "response") +
           ", public key: " + dump(body);
  const std::string code = body.empty() ? "" : " " + std::to_string(body.front());
  return kind_of(type) + code + " in the clear: " + dump(body);
}

std::vector<std::string> describe_datagram(Bytes bytes) {
  const auto datagram = wire::parse_datagram(bytes);
  if (!datagram) return {"unreadable: " + dump(bytes)};
  std::vector<std::string> lines;
  ByteReader in(datagram->commands);
  for (int i = 0; i < datagram->header.command_count; ++i) {
    const auto command = wire::parse_command(in, wire::Strictness::lenient);
    if (!command) break;
    lines.push_back(*command ? describe(**command) : "command of an unknown type");
  }
  return lines;
}

}  // namespace gateway::test
