#include "support/photon_sender.h"

#include <algorithm>

namespace gateway::test {

namespace {

constexpr Milliseconds disconnect_timeout = 10'000;  // from the first transmission of a command
constexpr Milliseconds ping_interval = 1'000;
constexpr Milliseconds strange_round_trip = 10'000;
constexpr std::size_t worth_trying = 80;  // free bytes, above which smaller resends are still tried

using wire::CommandType;
using wire::Flags;

std::size_t size_of(const OwnedCommand& owned) {
  return wire::command_bytes(owned.command.type) + owned.payload.size();
}

bool same_command(const wire::Command& sent, const wire::Command& ack) {
  return sent.channel == ack.channel && sent.reliable_seq == ack.ack.reliable_seq &&
         wire::is_unsequenced(sent.flags) == (ack.type == CommandType::ack_unsequenced);
}

CommandType single_type(Flags delivery) {
  switch (delivery) {
    case Flags::unreliable:
      return CommandType::send_unreliable;
    case Flags::reliable:
      return CommandType::send_reliable;
    case Flags::unsequenced:
      return CommandType::send_unsequenced;
    case Flags::reliable_unsequenced:
      return CommandType::send_reliable_unsequenced;
  }
  return CommandType::send_reliable;
}

}  // namespace

PhotonSender::PhotonSender(const Generation& generation, const Setup& setup,
                           std::vector<std::string>& violations)
    : generation_(generation),
      setup_(setup),
      violations_(violations),
      last_group_(setup.last_group),
      rtt_(generation.rtt_initial),
      variance_(generation.rtt_variance) {
  const auto add = [this](std::uint8_t id) {
    channels_.emplace_back();
    channels_.back().id = id;
  };
  if (generation.control_first) add(wire::control_channel);
  for (std::uint8_t id = 0; id < setup.channels; ++id) add(id);
  if (!generation.control_first) add(wire::control_channel);
}

PhotonSender::Channel& PhotonSender::channel_of(std::uint8_t id) {
  return *std::find_if(channels_.begin(), channels_.end(),
                       [id](const Channel& channel) { return channel.id == id; });
}

void PhotonSender::queue_control(CommandType type) {
  Channel& control = channel_of(wire::control_channel);
  Outgoing outgoing;
  outgoing.owned.command.type = type;
  outgoing.owned.command.reliable_seq = ++control.last_reliable;
  if (type == CommandType::connect) {
    outgoing.owned.command.connect = {.peer = 0, .mtu = setup_.mtu, .channels = setup_.channels};
  }
  control.reliable.push_back(std::move(outgoing));
}

void PhotonSender::queue_message(std::uint8_t id, Flags delivery, Bytes message) {
  Channel& channel = channel_of(id);
  if (message.size() > fragment_bytes())
    return queue_fragments(channel, wire::is_unsequenced(delivery), message);
  queue_single(channel, delivery, message);
}

void PhotonSender::queue_fragments(Channel& channel, bool unsequenced, Bytes message) {
  std::uint32_t& last = unsequenced ? channel.last_reliable_unsequenced : channel.last_reliable;
  const std::size_t size = fragment_bytes();
  const std::size_t count = (message.size() + size - 1) / size;
  const std::uint32_t start = last + 1;
  for (std::size_t number = 0; number < count; ++number) {
    const std::size_t offset = number * size;
    const Bytes piece = message.subspan(offset, std::min(size, message.size() - offset));
    Outgoing outgoing;
    wire::Command& command = outgoing.owned.command;
    command.type = unsequenced ? CommandType::send_fragment_unsequenced : CommandType::send_fragment;
    command.channel = channel.id;
    command.flags = unsequenced ? Flags::reliable_unsequenced : Flags::reliable;
    command.reliable_seq = ++last;
    command.fragment = {.start_seq = start,
                        .count = static_cast<std::uint32_t>(count),
                        .number = static_cast<std::uint32_t>(number),
                        .total_length = static_cast<std::uint32_t>(message.size()),
                        .offset = static_cast<std::uint32_t>(offset)};
    outgoing.owned.payload.assign(piece.begin(), piece.end());
    enqueue(channel, std::move(outgoing));
  }
}

void PhotonSender::queue_single(Channel& channel, Flags delivery, Bytes message) {
  Outgoing outgoing;
  wire::Command& command = outgoing.owned.command;
  command.type = single_type(delivery);
  command.channel = channel.id;
  command.flags = delivery;
  switch (delivery) {
    case Flags::reliable:
      command.reliable_seq = ++channel.last_reliable;
      break;
    case Flags::reliable_unsequenced:
      command.reliable_seq = ++channel.last_reliable_unsequenced;
      break;
    case Flags::unsequenced:
      command.unreliable_seq = ++last_group_;
      break;
    case Flags::unreliable:
      command.reliable_seq = channel.last_reliable;
      command.unreliable_seq = ++channel.last_unreliable;
      break;
  }
  outgoing.owned.payload.assign(message.begin(), message.end());
  enqueue(channel, std::move(outgoing));
}

void PhotonSender::enqueue(Channel& channel, Outgoing outgoing) {
  const bool among_reliable = wire::is_reliable(outgoing.owned.command.flags) || generation_.creation_order;
  (among_reliable ? channel.reliable : channel.unreliable).push_back(std::move(outgoing));
}

void PhotonSender::queue_ack(const wire::Command& received, std::uint32_t datagram_time) {
  wire::Command ack;
  ack.type = wire::is_unsequenced(received.flags) ? CommandType::ack_unsequenced : CommandType::ack;
  ack.channel = received.channel;
  ack.flags = Flags::unreliable;
  ack.ack = {.reliable_seq = received.reliable_seq, .sent_time = datagram_time};
  acks_.push_back(ack);
}

std::optional<std::vector<std::uint8_t>> PhotonSender::send(Milliseconds now, std::uint16_t peer,
                                                            std::uint32_t challenge, Call call,
                                                            bool ping_allowed) {
  std::vector<std::uint8_t> datagram(setup_.mtu);
  wire::DatagramWriter out(datagram, {.peer = peer,
                                      .crc = setup_.crc,
                                      .sent_time = static_cast<std::uint32_t>(now),
                                      .challenge = challenge});
  write_acks(out);
  if (call == Call::acks_only && !generation_.resends_in_place) {
    rearm_overdue(now);
  } else {
    if (call == Call::everything) {
      timed_out_ =
          std::any_of(sent_.begin(), sent_.end(), [&](const Outgoing& o) { return given_up(o, now); });
      if (timed_out_) return std::nullopt;
    }
    generation_.resends_in_place ? resend(out, now) : requeue_overdue(now);
  }
  if (call == Call::everything) {
    if (ping_allowed) queue_ping(now);
    for (Channel& channel : channels_) write_channel(out, channel, now);
  }
  datagram.resize(out.finish());
  if (datagram.empty()) return std::nullopt;
  return datagram;
}

std::vector<std::uint8_t> PhotonSender::last_datagram(Milliseconds now, std::uint16_t peer,
                                                      std::uint32_t challenge, Flags flags,
                                                      std::uint8_t reserved) {
  std::vector<std::uint8_t> datagram(setup_.mtu);
  wire::DatagramWriter out(datagram, {.peer = peer,
                                      .crc = setup_.crc,
                                      .sent_time = static_cast<std::uint32_t>(now),
                                      .challenge = challenge});
  if (generation_.disconnect_carries_acks) write_acks(out);
  Channel& control = channel_of(wire::control_channel);
  const bool unsequenced = wire::is_unsequenced(flags) && generation_.unsequenced;
  Outgoing disconnect;
  disconnect.owned.command.type = CommandType::disconnect;
  disconnect.owned.command.flags = flags;
  disconnect.owned.command.reserved = reserved;
  disconnect.owned.command.reliable_seq =
      unsequenced ? ++control.last_reliable_unsequenced : ++control.last_reliable;
  transmit(out, disconnect, now);
  datagram.resize(out.finish());
  return datagram;
}

std::size_t PhotonSender::waiting() const {
  std::size_t count = 0;
  for (const Channel& channel : channels_) count += channel.reliable.size() + channel.unreliable.size();
  return count;
}

void PhotonSender::write_acks(wire::DatagramWriter& out) {
  while (!acks_.empty() && out.commands().remaining() >= wire::command_bytes(CommandType::ack)) {
    wire::write_command(out.commands(), acks_.front());
    out.count_command();
    acks_.pop_front();
  }
}

bool PhotonSender::overdue(const Outgoing& outgoing, Milliseconds now) const {
  return since(outgoing.last_sent, now) > outgoing.resend_after;
}

bool PhotonSender::given_up(const Outgoing& outgoing, Milliseconds now) const {
  const bool too_long = outgoing.first_sent && since(*outgoing.first_sent, now) > disconnect_timeout;
  return overdue(outgoing, now) && (outgoing.sent_count > generation_.allowance || too_long);
}

void PhotonSender::resend(wire::DatagramWriter& out, Milliseconds now) {
  for (Outgoing& outgoing : sent_) {
    if (!overdue(outgoing, now)) continue;
    if (out.commands().remaining() >= size_of(outgoing.owned)) {
      transmit(out, outgoing, now);
    } else if (out.commands().remaining() < worth_trying) {
      return;
    }
  }
}

// Old generations put an overdue command behind everything its channel has queued.
void PhotonSender::requeue_overdue(Milliseconds now) {
  for (std::size_t i = 0; i < sent_.size();) {
    if (!overdue(sent_[i], now)) {
      ++i;
      continue;
    }
    channel_of(sent_[i].owned.command.channel).reliable.push_back(std::move(sent_[i]));
    sent_.erase(sent_.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

// In acks-only calls old generations neither resend nor time out: the command starts over.
void PhotonSender::rearm_overdue(Milliseconds now) {
  for (Outgoing& outgoing : sent_) {
    if (!overdue(outgoing, now)) continue;
    outgoing.sent_count = 1;
    outgoing.last_sent = now;
    outgoing.resend_after = first_wait();
    outgoing.first_sent.reset();
  }
}

void PhotonSender::queue_ping(Milliseconds now) {
  if (!sent_.empty() || since(last_ack_, now) <= ping_interval) return;
  const auto has_reliable = [](const Channel& channel) {
    return std::any_of(channel.reliable.begin(), channel.reliable.end(),
                       [](const Outgoing& o) { return wire::is_reliable(o.owned.command.flags); });
  };
  if (generation_.ping_needs_empty_queues && std::any_of(channels_.begin(), channels_.end(), has_reliable))
    return;
  // One is enough: without this a ping that waits behind data would be queued again at every call.
  if (!channel_of(wire::control_channel).reliable.empty()) return;
  queue_control(CommandType::ping);
}

void PhotonSender::write_channel(wire::DatagramWriter& out, Channel& channel, Milliseconds now) {
  if (write_queue(out, channel, channel.reliable, now)) write_queue(out, channel, channel.unreliable, now);
}

/// False when a command was held back, which ends the channel's turn in this datagram.
bool PhotonSender::write_queue(wire::DatagramWriter& out, Channel& channel, std::deque<Outgoing>& queue,
                               Milliseconds now) {
  while (!queue.empty()) {
    Outgoing& next = queue.front();
    if (out.commands().remaining() < size_of(next.owned) || !in_window(channel, next.owned.command))
      return false;
    transmit(out, next, now);
    if (wire::is_reliable(next.owned.command.flags)) sent_.push_back(std::move(next));
    queue.pop_front();
  }
  return true;
}

bool PhotonSender::in_window(Channel& channel, const wire::Command& command) const {
  if (generation_.send_window == 0 || channel.id == wire::control_channel) return true;
  if (!wire::is_reliable(command.flags)) return true;
  const auto& window = wire::is_unsequenced(command.flags) ? channel.unsequenced : channel.sequenced;
  return command.reliable_seq < window.lowest_unacked + generation_.send_window;
}

/// In Connect's body: flags where old clients have a window, and a bandwidth that means nothing.
void PhotonSender::write_features(MutableBytes connect) const {
  constexpr std::size_t body = 12;
  ByteWriter(connect.subspan(body + 4)).u16(generation_.feature_flags);
  ByteWriter(connect.subspan(body + 12)).u16(0xFFFF);
}

void PhotonSender::transmit(wire::DatagramWriter& out, Outgoing& outgoing, Milliseconds now) {
  outgoing.owned.command.payload = outgoing.owned.payload;
  const std::size_t begin = out.commands().position();
  wire::write_command(out.commands(), outgoing.owned.command);
  out.count_command();
  if (outgoing.owned.command.type == CommandType::connect && generation_.feature_flags != 0) {
    write_features(out.commands().written().subspan(begin));
  }
  outgoing.last_sent = now;
  outgoing.sent_times.push_back(static_cast<std::uint32_t>(now));
  if (++outgoing.sent_count == 1) {
    outgoing.resend_after = first_wait();
    outgoing.first_sent = now;
    return;
  }
  ++resends_;
  outgoing.resend_after *= 2;
  if (generation_.resend_max > 0)
    outgoing.resend_after = std::min(outgoing.resend_after, generation_.resend_max);
}

PhotonSender::Acked PhotonSender::acknowledge(Milliseconds now, const wire::Command& ack) {
  last_ack_ = now;
  Acked result;
  result.round_trip = static_cast<Milliseconds>(static_cast<std::uint32_t>(now) - ack.ack.sent_time);
  const auto acked = take_acknowledged(ack);
  if (!acked) return result;
  const auto& times = acked->sent_times;
  if (std::find(times.begin(), times.end(), ack.ack.sent_time) == times.end()) {
    violations_.push_back("ack echoes a time at which the command was not sent");
  }
  result.known = true;
  result.type = acked->owned.command.type;
  update_window(acked->owned.command);
  update_round_trip(result.round_trip, result.type);
  return result;
}

std::optional<PhotonSender::Outgoing> PhotonSender::take_acknowledged(const wire::Command& ack) {
  Channel& channel = channel_of(ack.channel);
  const bool unsequenced = ack.type == CommandType::ack_unsequenced;
  const std::uint32_t last = unsequenced ? channel.last_reliable_unsequenced : channel.last_reliable;
  if (ack.ack.reliable_seq > last) violations_.push_back("ack of a number that was never assigned");
  // A command that waits to be resent stands in its channel's queue in old generations.
  for (std::deque<Outgoing>* queue : {&sent_, &channel.reliable}) {
    const auto found = std::find_if(queue->begin(), queue->end(), [&](const Outgoing& outgoing) {
      return outgoing.sent_count > 0 && same_command(outgoing.owned.command, ack);
    });
    if (found == queue->end()) continue;
    Outgoing taken = std::move(*found);
    queue->erase(found);
    return taken;
  }
  return std::nullopt;
}

void PhotonSender::update_window(const wire::Command& acked) {
  Channel& channel = channel_of(acked.channel);
  const bool unsequenced = wire::is_unsequenced(acked.flags);
  Channel::Window& window = unsequenced ? channel.unsequenced : channel.sequenced;
  window.highest_acked = std::max(window.highest_acked, acked.reliable_seq);
  window.lowest_unacked = window.highest_acked + 1;
  for (const Outgoing& outgoing : sent_) {
    const wire::Command& command = outgoing.owned.command;
    if (command.channel != acked.channel || wire::is_unsequenced(command.flags) != unsequenced) continue;
    window.lowest_unacked = std::min(window.lowest_unacked, command.reliable_seq);
  }
}

void PhotonSender::update_round_trip(Milliseconds last, CommandType type) {
  if (generation_.replaces_strange_rtt && (last < 0 || last > strange_round_trip)) last = 4 * rtt_;
  // ServerTime doesn't feed the averages: its acks may be slower than others.
  if (type != CommandType::server_time && last >= 0) {
    variance_ -= variance_ / 4;
    const bool slower = last >= rtt_;
    rtt_ += (last - rtt_) / 8;
    variance_ += (slower ? last - rtt_ : rtt_ - last) / 4;
  }
  if (type != CommandType::connect) return;
  if (generation_.connect_sets_floor && last <= 15) {
    rtt_ = 15;
    variance_ = 5;
  } else {
    rtt_ = last;
  }
}

Milliseconds PhotonSender::first_wait() const {
  const Milliseconds wait = rtt_ + 4 * variance_;
  return generation_.resend_first_max > 0 ? std::min(wait, generation_.resend_first_max) : wait;
}

}  // namespace gateway::test
