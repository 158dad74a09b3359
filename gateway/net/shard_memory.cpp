// What a shard's sessions hold, and which of them end when all shards together hold too much.
#include <algorithm>
#include <utility>
#include <vector>

#include "net/address.h"
#include "net/shard.h"
#include "net/shedding.h"
#include "net/turn_share.h"
#include "transport/disconnect_code.h"

namespace gateway::net {

namespace {

/// Bytes that ending the session frees, about: what waits in it and on its links.
std::size_t bytes_held_by(const SessionSlot& slot) {
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
  memory_.publish(buffers_.lent_bytes() + buffers_.kept_bytes() + bookkeeping_bytes_ + links_.bytes +
                  sessions_.used() * session_bytes);
  // Nobody ends for what the pool is about to free.
  const std::size_t freed_soon = buffers_.surplus_bytes();
  if (const std::size_t excess = memory_.take_excess(now_); excess > freed_soon)
    shed_memory(excess - freed_soon);
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

/// Ends the largest sessions, of those addresses first that hold most, until what they held is `bytes`.
/// Connections that aren't sessions yet go before them.
void Shard::shed_memory(std::size_t bytes) {
  if (!entering_.empty()) return stop_entering(Rejection::memory);
  std::vector<Holder> large;
  for (Index i = 0; i < sessions_.size(); ++i) {
    const SessionSlot& slot = sessions_[i];
    if (!slot.session || slot.session->record().end != session::End::none) continue;
    const std::size_t held = bytes_held_by(slot);
    if (held >= shed_bytes_min) large.push_back({held, i, limit_key(slot.client)});
  }
  for (const Index index : chosen_to_end(std::move(large), bytes)) {
    sessions_[index].session->end(now_, session::End::memory, transport::code_server_logic);
    mark(index);
  }
}

}  // namespace gateway::net
