#include "support/photon_receiver.h"

#include <algorithm>

namespace gateway::test {

using wire::CommandType;

PhotonReceiver::PhotonReceiver(const Generation& generation, std::uint8_t channels,
                               std::vector<std::string>& violations)
    : generation_(generation), violations_(violations), channels_(channels) {}

void PhotonReceiver::store(OwnedCommand owned) {
  Channel& channel = channels_[owned.command.channel];
  const CommandType type = owned.command.type;
  const bool unsequenced = wire::is_unsequenced(owned.command.flags);
  if (unsequenced && !generation_.unsequenced) {
    violations_.push_back("unsequenced command to a client that doesn't know it");
    return;
  }
  if (owned.payload.empty()) {
    violations_.push_back("data command without a payload");
    return;
  }
  const bool fragment = type == CommandType::send_fragment || type == CommandType::send_fragment_unsequenced;
  if (fragment && !sane_fragment(owned)) return;
  switch (owned.command.flags) {
    case wire::Flags::reliable:
      return store_reliable(channel, std::move(owned));
    case wire::Flags::unreliable:
      return store_unreliable(channel, std::move(owned));
    case wire::Flags::reliable_unsequenced:
      return store_reliable_unsequenced(channel, std::move(owned));
    case wire::Flags::unsequenced:
      return store_unsequenced(channel, std::move(owned));
  }
}

bool PhotonReceiver::sane_fragment(const OwnedCommand& owned) {
  const wire::FragmentBody& body = owned.command.fragment;
  const bool sane = body.number < body.count && body.offset < body.total_length &&
                    owned.payload.size() <= body.total_length - body.offset &&
                    owned.command.reliable_seq == body.start_seq + body.number;
  if (!sane) violations_.push_back("fragment whose fields contradict each other");
  return sane;
}

void PhotonReceiver::store_reliable(Channel& channel, OwnedCommand owned) {
  const std::uint32_t number = owned.command.reliable_seq;
  if (number <= channel.last_reliable || !channel.reliable.emplace(number, std::move(owned)).second)
    ++dropped_;
}

void PhotonReceiver::store_unreliable(Channel& channel, OwnedCommand owned) {
  const std::uint32_t number = owned.command.unreliable_seq;
  const bool late = owned.command.reliable_seq < channel.last_reliable || number <= channel.last_unreliable;
  if (late || !channel.unreliable.emplace(number, std::move(owned)).second) ++dropped_;
}

void PhotonReceiver::store_reliable_unsequenced(Channel& channel, OwnedCommand owned) {
  const wire::Command command = owned.command;
  if (command.reliable_seq <= channel.complete || !channel.received.insert(command.reliable_seq).second) {
    ++dropped_;
    return;
  }
  while (channel.received.erase(channel.complete + 1) > 0) ++channel.complete;
  if (command.type == CommandType::send_reliable_unsequenced) {
    channel.ready.push_back({command.channel, command.flags, std::move(owned.payload)});
    return;
  }
  channel.fragments.emplace(command.reliable_seq, std::move(owned));
  if (auto message = assemble(channel.fragments, command.fragment.start_seq)) {
    channel.ready.push_back({command.channel, command.flags, std::move(*message)});
  }
}

void PhotonReceiver::store_unsequenced(Channel& channel, OwnedCommand owned) {
  const std::uint32_t group = owned.command.unreliable_seq;
  if (group >= group_base_ + group_window) {
    group_base_ = group - group % group_window;
    groups_.reset();
  } else if (group < group_base_ || groups_.test(group % group_window)) {
    ++dropped_;
    return;
  }
  groups_.set(group % group_window);
  channel.ready.push_back({owned.command.channel, owned.command.flags, std::move(owned.payload)});
}

/// The message that begins with number `start`, when all of its fragments are stored; they are removed.
std::optional<std::vector<std::uint8_t>> PhotonReceiver::assemble(
    std::map<std::uint32_t, OwnedCommand>& stored, std::uint32_t start) {
  const auto first = stored.find(start);
  if (first == stored.end()) return std::nullopt;
  const wire::FragmentBody body = first->second.command.fragment;
  std::vector<std::uint8_t> message(body.total_length);
  std::size_t copied = 0;
  for (std::uint32_t number = 0; number < body.count; ++number) {
    const auto piece = stored.find(start + number);
    if (piece == stored.end()) return std::nullopt;
    const wire::FragmentBody& own = piece->second.command.fragment;
    if (own.start_seq != start || own.count != body.count || own.total_length != body.total_length) {
      violations_.push_back("fragments of one message disagree");
      return std::nullopt;
    }
    std::copy(piece->second.payload.begin(), piece->second.payload.end(), message.begin() + own.offset);
    copied += piece->second.payload.size();
  }
  if (copied != message.size()) violations_.push_back("fragments don't make up the whole message");
  for (std::uint32_t number = 0; number < body.count; ++number) stored.erase(start + number);
  return message;
}

std::optional<ReceivedMessage> PhotonReceiver::next() {
  for (std::size_t id = 0; id < channels_.size(); ++id) {
    if (auto message = next_of(channels_[id], static_cast<std::uint8_t>(id))) return message;
  }
  return std::nullopt;
}

std::optional<ReceivedMessage> PhotonReceiver::next_of(Channel& channel, std::uint8_t id) {
  if (!channel.ready.empty()) {
    ReceivedMessage message = std::move(channel.ready.front());
    channel.ready.pop_front();
    return message;
  }
  if (auto message = next_unreliable(channel, id)) return message;
  return next_reliable(channel, id);
}

std::optional<ReceivedMessage> PhotonReceiver::next_unreliable(Channel& channel, std::uint8_t id) {
  dropped_ += std::erase_if(channel.unreliable, [&](const auto& entry) {
    return entry.first < channel.last_unreliable || entry.second.command.reliable_seq < channel.last_reliable;
  });
  const auto found = std::find_if(
      channel.unreliable.begin(), channel.unreliable.end(),
      [&](const auto& entry) { return entry.second.command.reliable_seq <= channel.last_reliable; });
  if (found == channel.unreliable.end()) return std::nullopt;
  channel.last_unreliable = found->first;
  ReceivedMessage message{id, wire::Flags::unreliable, std::move(found->second.payload)};
  channel.unreliable.erase(found);
  return message;
}

std::optional<ReceivedMessage> PhotonReceiver::next_reliable(Channel& channel, std::uint8_t id) {
  const std::uint32_t number = channel.last_reliable + 1;
  const auto found = channel.reliable.find(number);
  if (found == channel.reliable.end()) return std::nullopt;
  if (found->second.command.type == CommandType::send_reliable) {
    ReceivedMessage message{id, wire::Flags::reliable, std::move(found->second.payload)};
    channel.reliable.erase(found);
    channel.last_reliable = number;
    return message;
  }
  const std::uint32_t count = found->second.command.fragment.count;
  auto bytes = assemble(channel.reliable, number);
  if (!bytes) return std::nullopt;
  channel.last_reliable = number + count - 1;
  return ReceivedMessage{id, wire::Flags::reliable, std::move(*bytes)};
}

}  // namespace gateway::test
