// Sending, in the order of a datagram's commands: acks, Disconnect, overdue copies, control commands, then
// new data.
#include <algorithm>
#include <cassert>

#include "transport/reliable_udp.h"

namespace gateway::transport {

using wire::CommandType;

namespace {

constexpr std::uint8_t datagram_commands_max = 100;  // stock clients complain about more

}  // namespace

std::size_t ReliableUdp::next_output(TimePoint now, MutableBytes out) {
  assert(out.size() >= identity_.mtu);
  if (now < quiet_until_) return 0;
  advance(now);
  cut_short_ = false;
  const std::size_t size = has_output(now) ? write_datagram(now, out) : 0;
  if (!cut_short_) note_quiet();
  return size;
}

// Most calls find nothing new, since a caller drains both sides after an input of one: those cost a
// comparison. Only while open: what comes to its end has more to say without any input.
void ReliableUdp::note_quiet() {
  if (lifecycle_.takes_data()) quiet_until_ = deadline();
}

std::size_t ReliableUdp::write_datagram(TimePoint now, MutableBytes out) {
  const InFlight::Sent copy{now, header_time(now)};
  wire::DatagramHeader header;
  header.peer = identity_.role == Role::server ? std::uint16_t{0} : identity_.peer;
  header.crc = identity_.crc;
  header.sent_time = copy.wire_time;
  header.challenge = identity_.challenge;
  wire::DatagramWriter writer(out.first(identity_.mtu), header);
  write_acks(writer);
  write_farewell(writer, copy);
  write_overdue(writer, copy);
  write_wanted(writer, copy);
  write_data(writer, copy);
  const std::size_t size = writer.finish();
  stats_.datagrams_sent.add();
  stats_.bytes_sent.add(size);
  stats_.commands_sent.add(writer.command_count());
  return size;
}

std::uint32_t ReliableUdp::header_time(TimePoint now) const {
  return clock_ != nullptr ? clock_->at(now) : wire_milliseconds(now);
}

// True when a datagram is to be sent now; acks that may still wait don't make one.
bool ReliableUdp::has_output(TimePoint now) {
  if (lifecycle_.phase() == Phase::closed) return false;
  if (now >= acks_.due() || lifecycle_.farewell() || in_flight_.overdue()) return true;
  if (lifecycle_.phase() == Phase::opening) return wanted_.connect;
  if (can_send_control() && (wanted_.ping || wanted_.server_time)) return true;
  bool found = false;
  send_queue_.for_each_unsent([&](std::uint8_t channel) {
    found = may_send(*send_queue_.front(channel));
    return !found;
  });
  return found;
}

bool ReliableUdp::may_send(const SendQueue::Unsent& unsent) const {
  return !wire::is_reliable(unsent.command.flags) ||
         in_flight_.allows(unsent.command, wire::command_bytes(unsent.command));
}

bool ReliableUdp::can_send_control() const {
  return lifecycle_.phase() == Phase::open;
}

bool ReliableUdp::write(wire::DatagramWriter& out, const wire::Command& command) {
  if (out.command_count() >= datagram_commands_max ||
      out.commands().remaining() < wire::command_bytes(command)) {
    cut_short_ = true;
    return false;
  }
  wire::write_command(out.commands(), command);
  out.count_command();
  return true;
}

void ReliableUdp::write_acks(wire::DatagramWriter& out) {
  while (!acks_.empty() && write(out, acks_.front())) {
    acks_.pop();
    stats_.acks_sent.add();
  }
  if (acks_.empty()) lifecycle_.acks_left();
}

void ReliableUdp::write_farewell(wire::DatagramWriter& out, const InFlight::Sent& copy) {
  const auto farewell = lifecycle_.farewell();
  if (!farewell) return;
  wire::Command command = control_command(CommandType::disconnect, last_control_ + 1);
  command.flags = farewell->flags;
  const auto copies =
      static_cast<std::uint8_t>(std::clamp<std::uint32_t>(options_.disconnect_copies, 1, 255));
  if (farewell->repeated ? write_control(out, copy, command, copies) : write(out, command))
    lifecycle_.farewell_sent();
}

void ReliableUdp::write_overdue(wire::DatagramWriter& out, const InFlight::Sent& copy) {
  while (const auto overdue = in_flight_.overdue()) {
    const FlightKey& key = overdue->key;
    const wire::Command command =
        key.channel == wire::control_channel
            ? control_command(static_cast<CommandType>(overdue->reference), key.number)
            : send_queue_.again(key.channel, overdue->reference, key.number);
    if (!write(out, command)) return;
    in_flight_.resent(copy);
    stats_.commands_resent.add();
  }
}

void ReliableUdp::write_wanted(wire::DatagramWriter& out, const InFlight::Sent& copy) {
  const auto write_one = [&](bool& wanted, CommandType type) {
    if (wanted && write_control(out, copy, control_command(type, last_control_ + 1), 0)) wanted = false;
  };
  if (lifecycle_.phase() == Phase::opening) write_one(wanted_.connect, CommandType::connect);
  if (!can_send_control()) return;
  write_one(wanted_.server_time, CommandType::server_time);
  write_one(wanted_.ping, CommandType::ping);
}

bool ReliableUdp::write_control(wire::DatagramWriter& out, const InFlight::Sent& copy,
                                const wire::Command& command, std::uint8_t copies_max) {
  if (!write(out, command)) return false;
  last_control_ = command.reliable_seq;
  const auto type = static_cast<std::uint32_t>(command.type);
  in_flight_.sent(key_of(command), type, wire::command_bytes(command), copy, round_trip_.first_wait(),
                  copies_max);
  return true;
}

wire::Command ReliableUdp::control_command(CommandType type, std::uint32_t number) const {
  wire::Command command;
  command.type = type;
  command.reliable_seq = number;
  if (type == CommandType::connect)
    command.connect = {.peer = 0, .mtu = identity_.mtu, .channels = identity_.channels};
  if (type == CommandType::disconnect) command.reserved = lifecycle_.reason().disconnect_code();
  return command;
}

void ReliableUdp::write_data(wire::DatagramWriter& out, const InFlight::Sent& copy) {
  if (!lifecycle_.keeps_data() || lifecycle_.phase() == Phase::opening) return;
  send_queue_.for_each_unsent([&](std::uint8_t channel) { return write_channel(out, copy, channel); });
}

// False when the datagram is full.
bool ReliableUdp::write_channel(wire::DatagramWriter& out, const InFlight::Sent& copy, std::uint8_t channel) {
  while (const auto unsent = send_queue_.front(channel)) {
    if (!may_send(*unsent)) return true;
    const std::size_t bytes = wire::command_bytes(unsent->command);
    if (!write(out, unsent->command)) return out.command_count() < datagram_commands_max;
    if (wire::is_reliable(unsent->command.flags)) {
      in_flight_.sent(key_of(unsent->command), unsent->message, bytes, copy, round_trip_.first_wait());
    }
    send_queue_.sent(channel);
  }
  return true;
}

}  // namespace gateway::transport
