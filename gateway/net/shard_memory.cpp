// What a shard's sessions hold, and which of them end when all shards together hold too much.
#include <algorithm>
#include <functional>
#include <utility>

#include "net/shard.h"
#include "transport/disconnect_code.h"

namespace gateway::net {

namespace {

/// Bytes that ending the session frees, about: what waits in it and on its links.
std::size_t bytes_held_by(const SessionSlot& slot) {
  const std::size_t in_links = slot.streams ? slot.streams->held_bytes() : 0;
  return slot.session->buffered_bytes() + slot.bookkeeping_bytes + in_links;
}

constexpr Duration bookkeeping_pause = milliseconds(50);

}  // namespace

void Shard::watch_memory() {
  memory_.publish(buffers_.lent_bytes() + buffers_.kept_bytes() + bookkeeping_bytes_ + links_.bytes +
                  sessions_.used() * session_bytes);
  if (const std::size_t excess = memory_.take_excess(now_)) shed_memory(excess);
}

// Not at each flush: it looks at every channel of both sides.
void Shard::note_bookkeeping(SessionSlot& slot) {
  if (now_ < slot.bookkeeping_due) return;
  slot.bookkeeping_due = now_ + bookkeeping_pause;
  const std::size_t bytes = slot.session->bookkeeping_bytes();
  bookkeeping_bytes_ += bytes - std::exchange(slot.bookkeeping_bytes, bytes);
}

/// Ends the sessions that hold most, until what they held is `bytes`.
void Shard::shed_memory(std::size_t bytes) {
  std::vector<std::pair<std::size_t, Index>> large;
  for (Index i = 0; i < sessions_.size(); ++i) {
    const SessionSlot& slot = sessions_[i];
    if (!slot.session || slot.session->record().end != session::End::none) continue;
    const std::size_t held = bytes_held_by(slot);
    if (held >= shed_bytes_min) large.emplace_back(held, i);
  }
  std::sort(large.begin(), large.end(), std::greater<>());
  for (const auto& [held, index] : large) {
    sessions_[index].session->end(now_, session::End::memory, transport::code_server_logic);
    mark(index);
    if (held >= bytes) return;
    bytes -= held;
  }
}

}  // namespace gateway::net
