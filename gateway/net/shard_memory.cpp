// What a shard's sessions hold, and which of them end when all shards together hold too much.
#include <algorithm>
#include <utility>
#include <vector>

#include "net/address.h"
#include "net/shard.h"
#include "net/shedding.h"
#include "transport/disconnect_code.h"

namespace gateway::net {

namespace {

/// Bytes that wait in the session and on its links.
std::size_t queued_by(const SessionSlot& slot) {
  const std::size_t in_links = slot.streams ? slot.streams->held_bytes() : 0;
  return slot.session->buffered_bytes() + slot.bookkeeping_bytes + in_links;
}

constexpr Duration bookkeeping_pause = milliseconds(50);
constexpr std::size_t bookkeeping_step = 16 * std::size_t{1024};  // buffered; the bookkeeping grows with it

}  // namespace

/// Sessions that end may hold hundreds of thousands of buffers; to give them back takes longer than a turn.
void Shard::trim_buffers() {
  if (buffers_.surplus_bytes() == 0) return;
  const TurnShare share;
  while (buffers_.trim() && share.left()) {
  }
}

void Shard::watch_memory() {
  const std::size_t used = buffers_.lent_bytes() + buffers_.kept_bytes() + bookkeeping_bytes_ + links_.bytes +
                           sessions_.used() * session_bytes;
  memory_.publish(used);
  end_shed();
  // Nobody ends for what is about to be free.
  const std::size_t excess = shed_.empty() ? memory_.take_excess(now_) : 0;
  if (excess > buffers_.surplus_bytes()) shed_memory(excess - buffers_.surplus_bytes(), used);
}

// Not at each flush: it looks at every channel of both sides.
void Shard::note_bookkeeping(SessionSlot& slot) {
  const std::size_t buffered = slot.session->buffered_bytes();
  const bool moved =
      std::max(buffered, slot.buffered_bytes) - std::min(buffered, slot.buffered_bytes) > bookkeeping_step;
  if (now_ < slot.bookkeeping_due && !moved) return;
  slot.bookkeeping_due = now_ + bookkeeping_pause;
  slot.buffered_bytes = buffered;
  const std::size_t bytes = slot.session->bookkeeping_bytes();
  bookkeeping_bytes_ += bytes - std::exchange(slot.bookkeeping_bytes, bytes);
}

/// Chooses the largest sessions, of those addresses first that hold most, until what they held is `bytes`.
/// Connections that aren't sessions yet go before them. What is ending already will be free without it.
void Shard::shed_memory(std::size_t bytes, std::size_t used) {
  if (!entering_.empty()) return stop_entering(Rejection::memory);
  std::size_t ending = 0;
  std::vector<Holder> holders;
  for (Index i = 0; i < sessions_.size(); ++i) {
    const SessionSlot& slot = sessions_[i];
    if (!slot.session) continue;
    const std::size_t queued = queued_by(slot);
    const std::size_t held = session_bytes + queued + (slot.streams ? slot.streams->link_bytes() : 0);
    if (slot.session->record().end != session::End::none) {
      ending += held;
      continue;
    }
    holders.push_back({.held = held,
                       .queued = queued,
                       .index = i,
                       .address = limit_key(slot.client),
                       .alone = shared_.admission.exempts(slot.client)});
  }
  if (ending >= bytes) return;
  const Spared spared{.queued = shed_bytes_min, .together = used / shed_address_part};
  for (const Index index : chosen_to_end(std::move(holders), bytes - ending, spared))
    shed_.push_back({index, sessions_[index].generation});
}

/// Not all in one turn: to give back what one held may take a millisecond.
void Shard::end_shed() {
  for_a_share(shed_, [this](Index index) {
    sessions_[index].session->end(now_, session::End::memory, transport::code_server_logic);
    mark(index);
  });
}

}  // namespace gateway::net
