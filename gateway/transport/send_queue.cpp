#include "transport/send_queue.h"

#include <algorithm>

#include "wire/datagram.h"

namespace gateway::transport {

namespace {

using wire::CommandType;

// Room for the CRC is kept whether or not there is one, as clients do.
constexpr std::size_t fragment_reserve = wire::header_bytes_max + 32;

CommandType single_type(Delivery delivery) {
  switch (delivery) {
    case Delivery::unreliable:
      return CommandType::send_unreliable;
    case Delivery::reliable:
      return CommandType::send_reliable;
    case Delivery::unsequenced:
      return CommandType::send_unsequenced;
    case Delivery::reliable_unsequenced:
      return CommandType::send_reliable_unsequenced;
  }
  return CommandType::send_reliable;
}

bool is_unsequenced(Delivery delivery) {
  return (static_cast<std::uint8_t>(delivery) & 2) != 0;
}

bool is_fragment(CommandType type) {
  return type == CommandType::send_fragment || type == CommandType::send_fragment_unsequenced;
}

bool is_unreliable(CommandType type) {
  return type == CommandType::send_unreliable || type == CommandType::send_unsequenced;
}

wire::Flags flags_of(CommandType type) {
  switch (type) {
    case CommandType::send_unreliable:
      return wire::Flags::unreliable;
    case CommandType::send_unsequenced:
      return wire::Flags::unsequenced;
    case CommandType::send_reliable_unsequenced:
    case CommandType::send_fragment_unsequenced:
      return wire::Flags::reliable_unsequenced;
    default:
      return wire::Flags::reliable;
  }
}

}  // namespace

bool SendQueue::fits_alone(CommandType type, std::size_t size) const {
  return wire::header_bytes_max + wire::command_bytes(type) + size <= mtu_;
}

std::size_t SendQueue::fragment_size() const {
  return mtu_ - fragment_reserve;
}

SendStatus SendQueue::push(TimePoint now, const Payload& payload) {
  if (payload.bytes.size() > options_.message_max) return SendStatus::overflow;
  Channel& channel = channels_.open(payload.channel);
  const bool alone = fits_alone(single_type(payload.delivery), payload.bytes.size());
  // There are no unreliable fragments: what doesn't fit a datagram goes reliably, as with clients.
  return is_reliable(payload.delivery) || !alone ? push_reliable(now, channel, payload)
                                                 : push_unreliable(now, channel, payload);
}

SendStatus SendQueue::push_reliable(TimePoint now, Channel& channel, const Payload& payload) {
  const bool unsequenced = is_unsequenced(payload.delivery);
  const std::size_t size = payload.bytes.size();
  Message message;
  message.type = unsequenced ? CommandType::send_reliable_unsequenced : CommandType::send_reliable;
  if (!fits_alone(message.type, size)) {
    message.type = unsequenced ? CommandType::send_fragment_unsequenced : CommandType::send_fragment;
    message.commands = static_cast<std::uint32_t>((size + fragment_size() - 1) / fragment_size());
  }
  const std::size_t cost = size + message.commands * wire::command_bytes(message.type);
  std::uint32_t& last = unsequenced ? channel.last_unsequenced : channel.last_reliable;
  if (reliable_bytes_ + cost > options_.buffered || message.commands > number_max - last)
    return SendStatus::overflow;

  message.number = last + 1;
  last += message.commands;
  message.queued = now;
  message.bytes = pool_.copy(payload.bytes);
  reliable_bytes_ += cost;
  channel.messages.open(channel.messages.end()) = std::move(message);
  return SendStatus::queued;
}

SendStatus SendQueue::push_unreliable(TimePoint now, Channel& channel, const Payload& payload) {
  Message message;
  message.type = single_type(payload.delivery);
  const std::size_t cost = payload.bytes.size() + wire::command_bytes(message.type);
  if (is_backlogged(now, channel) || cost > options_.unreliable_buffered) {
    stats_.drop(Drop::unreliable_budget);
    return SendStatus::dropped;
  }
  std::uint32_t& last = message.type == CommandType::send_unsequenced ? last_group_ : channel.last_unreliable;
  if (last == number_max) return SendStatus::overflow;
  while (unreliable_bytes_ + cost > options_.unreliable_buffered && drop_oldest_unreliable())
    stats_.drop(Drop::unreliable_budget);

  message.unreliable_seq = ++last;
  // The stamp says behind which reliable message this one belongs; the receiver drops it once a later one
  // came.
  message.number = message.type == CommandType::send_unsequenced ? 0 : channel.last_reliable;
  message.queued = now;
  message.bytes = pool_.copy(payload.bytes);
  unreliable_bytes_ += cost;
  channel.unreliable.push_back(channel.messages.end());
  channel.messages.open(channel.messages.end()) = std::move(message);
  return SendStatus::queued;
}

bool SendQueue::is_backlogged(TimePoint now, const Channel& channel) const {
  const Message* oldest = channel.messages.find(channel.next);
  return oldest != nullptr && !is_unreliable(oldest->type) &&
         now - oldest->queued > options_.unreliable_backlog;
}

bool SendQueue::drop_oldest_unreliable() {
  Channel* oldest = nullptr;
  for (const auto& entry : channels_) {
    Channel& channel = *entry.state;
    if (channel.unreliable.empty()) continue;
    const auto queued = [](Channel& of) { return of.messages.find(of.unreliable.front())->queued; };
    if (oldest == nullptr || queued(channel) < queued(*oldest)) oldest = &channel;
  }
  if (oldest == nullptr) return false;
  Message& message = *oldest->messages.find(oldest->unreliable.pop_front());
  unreliable_bytes_ -= message.bytes.size() + wire::command_bytes(message.type);
  message.sent = message.acknowledged = 1;
  finish(*oldest, message);
  return true;
}

// Frees a message that is done, moves `next` past such ones and forgets those at the front.
void SendQueue::finish(Channel& channel, Message& message) {
  if (message.done()) message.bytes = Buffer();
  while (channel.next != channel.messages.end()) {
    const Message& unsent = *channel.messages.find(channel.next);
    if (unsent.sent != unsent.commands) break;
    ++channel.next;
  }
  while (!channel.messages.empty() && channel.messages.front().done()) channel.messages.pop_front();
}

std::optional<SendQueue::Unsent> SendQueue::front(std::uint8_t channel) const {
  const Channel* state = channels_.find(channel);
  const Message* message = state == nullptr ? nullptr : state->messages.find(state->next);
  if (message == nullptr) return std::nullopt;
  return Unsent{command(channel, *message, message->sent), state->next};
}

void SendQueue::sent(std::uint8_t channel) {
  Channel& state = *channels_.find(channel);
  Message& message = *state.messages.find(state.next);
  ++message.sent;
  if (is_unreliable(message.type)) {
    message.acknowledged = 1;
    unreliable_bytes_ -= message.bytes.size() + wire::command_bytes(message.type);
    state.unreliable.pop_front();
  }
  finish(state, message);
}

wire::Command SendQueue::again(std::uint8_t channel, std::uint32_t message, std::uint32_t number) const {
  const Message& sent = *channels_.find(channel)->messages.find(message);
  return command(channel, sent, number - sent.number);
}

void SendQueue::acknowledged(std::uint8_t channel, std::uint32_t message, std::size_t bytes) {
  Channel& state = *channels_.find(channel);
  Message& sent = *state.messages.find(message);
  ++sent.acknowledged;
  reliable_bytes_ -= bytes;
  if (sent.done()) finish(state, sent);
}

wire::Command SendQueue::command(std::uint8_t channel, const Message& message, std::uint32_t index) const {
  wire::Command command;
  command.type = message.type;
  command.channel = channel;
  command.flags = flags_of(message.type);
  command.reliable_seq = message.number + index;
  command.unreliable_seq = message.unreliable_seq;
  command.payload = message.bytes.bytes();
  if (!is_fragment(message.type)) return command;

  const std::size_t offset = index * fragment_size();
  command.fragment.start_seq = message.number;
  command.fragment.count = message.commands;
  command.fragment.number = index;
  command.fragment.total_length = static_cast<std::uint32_t>(message.bytes.size());
  command.fragment.offset = static_cast<std::uint32_t>(offset);
  command.payload = command.payload.subspan(offset, std::min(fragment_size(), message.bytes.size() - offset));
  return command;
}

std::uint32_t SendQueue::last_reliable(std::uint8_t channel) const {
  const Channel* state = channels_.find(channel);
  return state == nullptr ? 0 : state->last_reliable;
}

void SendQueue::clear() {
  for (const auto& entry : channels_) {
    Channel& channel = *entry.state;
    channel.messages.restart(channel.messages.end());
    channel.next = channel.messages.end();
    channel.unreliable.clear();
  }
  reliable_bytes_ = unreliable_bytes_ = 0;
}

std::size_t SendQueue::bookkeeping_bytes() const {
  std::size_t bytes = 0;
  for (const auto& entry : channels_) {
    bytes += sizeof(Channel) + entry.state->messages.room_bytes() + entry.state->unreliable.room_bytes();
  }
  return bytes;
}

void SendQueue::release() {
  for (const auto& entry : channels_) {
    entry.state->messages.release();
    if (entry.state->unreliable.empty()) entry.state->unreliable.clear();
  }
}

}  // namespace gateway::transport
