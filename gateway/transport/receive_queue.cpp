#include "transport/receive_queue.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace gateway::transport {

namespace {

using wire::CommandType;

constexpr std::size_t any_length = std::numeric_limits<std::uint32_t>::max();
// Slots for missing commands before early ones that a peer may open: some, as a burst may lose its beginning,
// and more with what it really sent, so that small datagrams don't take much memory.
constexpr std::size_t gaps_free = 512;
constexpr std::size_t gaps_per_early = 4;
// Unreliable commands of one channel that may wait: what comes in the worst order is sorted in one by one.
constexpr std::size_t waiting_max = 256;
constexpr std::size_t kept_ready = 128;  // slots the queue of messages keeps when it was drained

}  // namespace

Receipt ReceiveQueue::receive(TimePoint now, const wire::Command& command) {
  switch (command.type) {
    case CommandType::send_reliable:
    case CommandType::send_fragment:
      return sequenced(now, command);
    case CommandType::send_unreliable:
      return unreliable(command);
    case CommandType::send_unsequenced:
      return unsequenced(command);
    case CommandType::send_reliable_unsequenced:
      return reliable_unsequenced(command);
    case CommandType::send_fragment_unsequenced:
      return unsequenced_fragment(now, command);
    default:
      return refuse(Drop::unknown_command);
  }
}

std::optional<Piece> ReceiveQueue::check(const wire::Command& fragment) {
  const auto piece = check_fragment(fragment, options_.message_max);
  if (!piece && fragment.fragment.total_length > options_.message_max) {
    oversized_ |= check_fragment(fragment, any_length).has_value();  // nothing else is wrong with it
  }
  return piece;
}

// --- Types 6 and 8: in order, once ---

Receipt ReceiveQueue::sequenced(TimePoint now, const wire::Command& command) {
  Piece piece;
  if (command.type == CommandType::send_fragment) {
    const auto checked = check(command);
    if (!checked) return refuse(Drop::fragment);
    piece = *checked;
  }
  Channel& channel = channels_.open(command.channel);
  const std::uint32_t number = command.reliable_seq;
  if (number <= channel.delivered) return duplicate();
  if (number - channel.delivered > options_.reorder_distance) return refuse(Drop::too_far_ahead);
  const Early* early = channel.early.find(number);
  if (early != nullptr && early->data) return duplicate();
  if (contradicts(channel, number, piece)) return refuse(Drop::fragment);
  if (number != channel.delivered + 1) return keep_early(channel, command, piece);

  // The next expected one is let in even when early ones fill the buffer, since only it can empty it.
  if (held_ + held_cost(command.payload.size()) > options_.buffered + options_.message_max)
    return refuse(Drop::held);
  if (!channel.early.empty()) {
    held_ -= sizeof(Early);
    --gaps_;
  }
  channel.early.pop_front();
  take_in_order(now, channel, command.channel, piece, pool_.copy(command.payload));
  take_early(now, channel, command.channel);
  return Receipt::accepted;
}

// What belongs to the message being assembled must be one of its fragments.
bool ReceiveQueue::contradicts(const Channel& channel, std::uint32_t number, const Piece& piece) const {
  if (channel.assembly == nullptr || !channel.assembly->active()) {
    // Without one a fragment may come early, but in its turn it must be a first one.
    return piece && piece.index != 0 && number - piece.index <= channel.delivered;
  }
  if (channel.assembly->covers(number)) return !piece || !channel.assembly->agrees(number, piece);
  return piece && channel.assembly->covers(number - piece.index);
}

Receipt ReceiveQueue::keep_early(Channel& channel, const wire::Command& command, const Piece& piece) {
  const std::uint32_t number = command.reliable_seq;
  const std::size_t new_slots = channel.early.find(number) != nullptr ? 0 : number + 1 - channel.early.end();
  const std::size_t cost = held_cost(command.payload.size()) + new_slots * sizeof(Early);
  if (!has_room(cost)) return refuse(Drop::held);
  if (gaps_ + new_slots > gaps_free + gaps_per_early * (early_ + 1)) return refuse(Drop::too_far_ahead);
  held_ += cost;
  gaps_ += new_slots;  // its own isn't one any more
  --gaps_;
  ++early_;
  channel.early.open(number) = Early{pool_.copy(command.payload), piece};
  return Receipt::accepted;
}

void ReceiveQueue::take_early(TimePoint now, Channel& channel, std::uint8_t id) {
  while (!channel.early.empty() && channel.early.front().data) {
    Early early = channel.early.pop_front();
    --early_;
    held_ -= sizeof(Early) + held_cost(early.data.size());
    take_in_order(now, channel, id, early.piece, std::move(early.data));
  }
}

void ReceiveQueue::take_in_order(TimePoint now, Channel& channel, std::uint8_t id, const Piece& piece,
                                 Buffer data) {
  ++channel.delivered;
  if (piece) {
    add_fragment(now, channel, id, piece, std::move(data));
  } else {
    if (channel.assembly != nullptr && channel.assembly->active()) {
      stats_.drop(Drop::fragment);
      held_ -= channel.assembly->held_bytes();
      channel.assembly->abandon();
    }
    hand_out(id, Delivery::reliable, std::move(data));
  }
  if (!channel.waiting.empty()) release_waiting(channel, id);
}

// A contradiction that was hidden behind a gap shows only here, after the ack: it costs the peer that
// message.
void ReceiveQueue::add_fragment(TimePoint now, Channel& channel, std::uint8_t id, const Piece& piece,
                                Buffer data) {
  if (channel.assembly == nullptr) channel.assembly = std::make_unique<Assembly>();
  Assembly& assembly = *channel.assembly;
  if (!assembly.agrees(channel.delivered, piece)) {
    if (assembly.active() || piece.index != 0) stats_.drop(Drop::fragment);
    held_ -= assembly.held_bytes();
    assembly.abandon();
    if (piece.index != 0) return;
    assembly.begin(channel.delivered, piece, now);
  }
  held_ += held_cost(data.size());
  assembly.add(piece, std::move(data));
  if (!assembly.complete()) return;
  held_ -= assembly.held_bytes();
  hand_out(id, Delivery::reliable, assembly.join(pool_));
}

// --- Type 7: not after a later reliable one, not twice, not backwards ---

Receipt ReceiveQueue::unreliable(const wire::Command& command) {
  Channel& channel = channels_.open(command.channel);
  if (command.reliable_seq < channel.delivered || command.unreliable_seq <= channel.unreliable) {
    stats_.drop(Drop::late);
    return Receipt::duplicate;
  }
  if (command.reliable_seq > channel.delivered) {
    keep_waiting(channel, command);
    return Receipt::accepted;
  }
  channel.unreliable = command.unreliable_seq;
  if (!has_room(held_cost(command.payload.size()))) return refuse(Drop::held);
  hand_out(command.channel, Delivery::unreliable, pool_.copy(command.payload));
  return Receipt::accepted;
}

void ReceiveQueue::keep_waiting(Channel& channel, const wire::Command& command) {
  Ring<Waiting>& waiting = channel.waiting;
  if (waiting.size() >= waiting_max) return stats_.drop(Drop::held);
  for (std::size_t i = waiting.size(); i-- > 0 && waiting[i].unreliable_seq >= command.unreliable_seq;) {
    if (waiting[i].unreliable_seq == command.unreliable_seq) return stats_.drop(Drop::duplicate);
  }
  const std::size_t cost = held_cost(command.payload.size());
  if (waiting_bytes_ + cost > options_.unreliable_buffered || !has_room(cost)) return stats_.drop(Drop::held);
  held_ += cost;
  waiting_bytes_ += cost;
  waiting.push_back(Waiting{pool_.copy(command.payload), command.reliable_seq, command.unreliable_seq});
  for (std::size_t i = waiting.size() - 1; i > 0 && waiting[i - 1].unreliable_seq > waiting[i].unreliable_seq;
       --i) {
    std::swap(waiting[i - 1], waiting[i]);
  }
}

void ReceiveQueue::release_waiting(Channel& channel, std::uint8_t id) {
  while (!channel.waiting.empty() && channel.waiting.front().reliable_seq <= channel.delivered) {
    Waiting waiting = channel.waiting.pop_front();
    const std::size_t cost = held_cost(waiting.data.size());
    held_ -= cost;
    waiting_bytes_ -= cost;
    if (waiting.reliable_seq < channel.delivered || waiting.unreliable_seq <= channel.unreliable) {
      stats_.drop(Drop::late);
      continue;
    }
    channel.unreliable = waiting.unreliable_seq;
    hand_out(id, Delivery::unreliable, std::move(waiting.data));
  }
}

// --- Types 11, 14 and 15: as they come ---

Receipt ReceiveQueue::unsequenced(const wire::Command& command) {
  used_unsequenced_ = true;
  if (!groups_.accept(command.unreliable_seq)) return duplicate();
  if (!has_room(held_cost(command.payload.size()))) return refuse(Drop::held);
  hand_out(command.channel, Delivery::unsequenced, pool_.copy(command.payload));
  return Receipt::accepted;
}

Receipt ReceiveQueue::reliable_unsequenced(const wire::Command& command) {
  used_unsequenced_ = true;
  Channel& channel = channels_.open(command.channel);
  const std::uint32_t number = command.reliable_seq;
  if (channel.unsequenced.contains(number)) return duplicate();
  if (number - channel.unsequenced.complete() > options_.reorder_distance) return refuse(Drop::too_far_ahead);
  if (!has_room(held_cost(command.payload.size()))) return refuse(Drop::held);
  channel.unsequenced.insert(number);
  hand_out(command.channel, Delivery::reliable_unsequenced, pool_.copy(command.payload));
  return Receipt::accepted;
}

Receipt ReceiveQueue::unsequenced_fragment(TimePoint now, const wire::Command& command) {
  used_unsequenced_ = true;
  const auto piece = check(command);
  if (!piece) return refuse(Drop::fragment);
  Channel& channel = channels_.open(command.channel);
  const std::uint32_t number = command.reliable_seq;
  if (channel.unsequenced.contains(number)) return duplicate();
  if (number - channel.unsequenced.complete() > options_.reorder_distance) return refuse(Drop::too_far_ahead);

  OpenAssembly* open = find_assembly(command.channel, number - piece->index);
  if (open != nullptr && !open->assembly.agrees(number, *piece)) return refuse(Drop::fragment);
  if (!has_room(held_cost(command.payload.size()))) return refuse(Drop::held);
  if (open == nullptr) {
    open = open_assembly(command.channel);
    if (open == nullptr) return refuse(Drop::assemblies);
    open->assembly.begin(number - piece->index, *piece, now);
  }
  channel.unsequenced.insert(number);
  held_ += held_cost(command.payload.size());
  open->assembly.add(*piece, pool_.copy(command.payload));
  if (open->assembly.complete()) {
    held_ -= open->assembly.held_bytes();
    hand_out(command.channel, Delivery::reliable_unsequenced, open->assembly.join(pool_));
  }
  return Receipt::accepted;
}

ReceiveQueue::OpenAssembly* ReceiveQueue::find_assembly(std::uint8_t channel, std::uint32_t start) {
  for (const auto& open : assemblies_) {
    if (open->assembly.active() && open->channel == channel && open->assembly.start() == start)
      return open.get();
  }
  return nullptr;
}

ReceiveQueue::OpenAssembly* ReceiveQueue::open_assembly(std::uint8_t channel) {
  for (const auto& open : assemblies_) {
    if (open->assembly.active()) continue;
    open->channel = channel;
    return open.get();
  }
  if (assemblies_.size() >= options_.assemblies_max) return nullptr;
  assemblies_.push_back(std::make_unique<OpenAssembly>());
  assemblies_.back()->channel = channel;
  return assemblies_.back().get();
}

void ReceiveQueue::advance(TimePoint now) {
  for (const auto& open : assemblies_) {
    if (!open->assembly.active() || now < open->assembly.since() + options_.assembly_age) continue;
    stats_.drop(Drop::assemblies);
    held_ -= open->assembly.held_bytes();
    open->assembly.abandon();
  }
}

TimePoint ReceiveQueue::deadline() const {
  TimePoint first = never;
  for (const auto& open : assemblies_) {
    if (open->assembly.active()) first = std::min(first, open->assembly.since() + options_.assembly_age);
  }
  return first;
}

// --- What is ready ---

void ReceiveQueue::hand_out(std::uint8_t channel, Delivery delivery, Buffer data) {
  if (data.size() == 0) return;  // uses its number up, but there is nothing to hand out
  held_ += held_cost(data.size());
  ready_.push_back(Ready{std::move(data), channel, delivery});
  peak_ready_ = std::max(peak_ready_, ready_.size());
}

std::optional<Payload> ReceiveQueue::next() {
  taken_ = Buffer();
  if (ready_.empty()) {
    if (std::exchange(peak_ready_, 0) > kept_ready) ready_.clear();
    return std::nullopt;
  }
  Ready ready = ready_.pop_front();
  held_ -= held_cost(ready.data.size());
  taken_ = std::move(ready.data);
  return Payload{taken_.bytes(), ready.channel, ready.delivery};
}

std::size_t ReceiveQueue::bookkeeping_bytes() const {
  std::size_t bytes = ready_.room_bytes();
  for (const auto& entry : channels_) {
    const Channel& channel = *entry.state;
    bytes += sizeof(Channel) + channel.early.room_bytes() + channel.waiting.room_bytes() +
             channel.unsequenced.room_bytes();
    if (channel.assembly != nullptr) bytes += sizeof(Assembly) + channel.assembly->room_bytes();
  }
  for (const auto& open : assemblies_) bytes += sizeof(OpenAssembly) + open->assembly.room_bytes();
  return bytes;
}

void ReceiveQueue::clear() {
  channels_.clear();
  assemblies_.clear();
  ready_.clear();
  held_ = waiting_bytes_ = gaps_ = early_ = 0;
}

void ReceiveQueue::release() {
  for (const auto& entry : channels_) {
    entry.state->early.release();
    if (entry.state->waiting.empty()) entry.state->waiting.clear();
    if (entry.state->assembly != nullptr) entry.state->assembly->release();
  }
  std::erase_if(assemblies_, [](const auto& open) { return !open->assembly.active(); });
  if (ready_.empty()) ready_.clear();
}

Receipt ReceiveQueue::refuse(Drop reason) {
  stats_.drop(reason);
  return Receipt::refused;
}

Receipt ReceiveQueue::duplicate() {
  stats_.drop(Drop::duplicate);
  return Receipt::duplicate;
}

}  // namespace gateway::transport
