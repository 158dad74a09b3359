// How what a turn changed leaves the shard, in the order of the functions below:
//   1 flush     every session that was touched, once: all datagrams to clients of one listener leave together
//   2 settle    one session: both its sides are drained, to the server through the session's own socket;
//               its key exchange is queued, its counters follow
//   3 open      the servers that sessions want, for a quarter of a millisecond
//   4 remove    those that are over, for as long
#include <chrono>
#include <utility>

#include <spdlog/spdlog.h>

#include "base/log_line.h"
#include "net/address.h"
#include "net/end_log.h"
#include "net/shard.h"
#include "net/sockets.h"

namespace gateway::net {

using session::Side;

namespace {

/// True for the ends that a server causes which takes no sessions; what a client does must not make a server
/// look bad.
bool failed_by_server(session::End end) {
  return end == session::End::upstream_refused || end == session::End::upstream_connect ||
         end == session::End::server_disconnect;
}

}  // namespace

void Shard::mark(Index index) {
  SessionSlot& slot = sessions_[index];
  if (!std::exchange(slot.dirty, true)) listener_of(slot).dirty.push_back(index);
}

void Shard::flush(Listener& listener) {
  if (listener.dirty.empty()) return;
  flushing_.clear();
  flushing_.swap(listener.dirty);  // what is marked from here on waits for the next turn, which comes at once
  if (listener.udp) to_clients_.begin(listener.udp->socket.get());
  for (const Index index : flushing_) settle(listener, index);
  if (listener.udp) to_clients_.flush();
  time_relayed(listener);
  log_findings(listener);
}

/// All that a turn relayed left together, so one look at the clock serves every message of it.
void Shard::time_relayed(Listener& listener) {
  TimePoint sent = never;
  for (std::size_t direction = 0; direction < 2; ++direction) {
    for (std::size_t secrecy = 0; secrecy < 2; ++secrecy) {
      const std::uint32_t messages = std::exchange(listener.stats.session.relayed[direction][secrecy], 0);
      if (messages == 0) continue;
      if (sent == never) sent = std::chrono::steady_clock::now();
      stats_.forwards[direction][secrecy].observe(sent - turn_began_, messages);
    }
  }
}

/// What rules found, once a listener: a line for each message would be the flooder's to write.
void Shard::log_findings(Listener& listener) {
  while (const auto finding = listener.stats.session.policy.take_first()) {
    if (finding->outcome == policy::Outcome::confidential) continue;
    const auto index = static_cast<std::size_t>(&listener.options - options_.listeners.data());
    if (shared_.told.first(index, *finding))
      spdlog::warn(describe_finding(listener.options.name, *finding).str());
  }
}

void Shard::settle(const Listener& listener, Index index) {
  SessionSlot& slot = sessions_[index];
  // A slot that was freed and taken again since it was marked may belong to another listener now.
  if (!slot.session || &listener_of(slot) != &listener) return;
  slot.dirty = false;
  if (slot.streams) {
    slot.streams->flush();
  } else {
    drain_to_client(slot);
    drain_to_server(index);
  }
  queue_exchange(index);
  count_progress(slot);
  if (slot.captured) hand_over_capture(slot);
  if (slot.session->waits_for_upstream()) queue_opening(index);
  note_bookkeeping(slot);
  wheel_.set(index, slot.session->deadline());
  if (slot.session->closed()) closed_.push_back({index, slot.generation});
}

void Shard::queue_exchange(Index index) {
  SessionSlot& slot = sessions_[index];
  auto job = slot.session->take_exchange();
  if (!job) return;
  const auto refused = exchanges_.push({index, slot.generation}, std::move(*job), slot.client, now_);
  stats_.exchanges_waiting.set(exchanges_.size());
  if (!refused || !alive(*refused)) return;
  sessions_[refused->slot].session->exchange_done(now_, session::ExchangeResult::throttled);
  mark(refused->slot);  // a client may have asked for another behind it
}

/// What the pool and the counters want to know, and the server's clock: whichever session comes by first asks
/// for it.
void Shard::count_progress(SessionSlot& slot) {
  ServerPool& pool = listener_of(slot).pool;
  if (slot.upstream.server && !slot.upstream.connected && slot.session->upstream_connected()) {
    slot.upstream.connected = true;
    pool.connected(slot.upstream.server->server, now_);
  }
  if (!slot.session->initialized()) return;
  if (!std::exchange(slot.initialized, true)) listener_of(slot).stats.initialized.add();
  if (slot.upstream.socket && pool.time_to_ask(*slot.upstream.server, now_))
    slot.session->ask_server_time(now_);
}

void Shard::drain_to_client(SessionSlot& slot) {
  while (true) {
    const std::size_t size = slot.session->next_output(Side::downstream, now_, to_clients_.room());
    if (size == 0) return;
    to_clients_.add(size, slot.client, slot.local);
  }
}

void Shard::drain_to_server(Index index) {
  SessionSlot& slot = sessions_[index];
  to_server_.begin(slot.upstream.socket.get());
  if (!slot.upstream.socket) return discard_to_server(slot);
  while (const std::size_t size = slot.session->next_output(Side::upstream, now_, to_server_.room())) {
    to_server_.add(size);
  }
  if (const auto kind = upstream_error_of(to_server_.flush())) {
    slot.session->upstream_error(now_, *kind);
    mark(index);
  }
}

/// The last words to a server that was given up and has no successor.
void Shard::discard_to_server(SessionSlot& slot) {
  while (slot.session->next_output(Side::upstream, now_, to_server_.room()) > 0) {
  }
}

/// A socket costs as much as relaying tens of datagrams, so in a rush of clients those that play come
/// between. A second server is reached for at once: the first one's socket must go.
void Shard::queue_opening(Index index) {
  SessionSlot& slot = sessions_[index];
  if (slot.upstream.server) return open_upstream(index, *slot.session->wants_upstream());
  if (!std::exchange(slot.opening, true)) openings_.push_back({index, slot.generation});
}

void Shard::open_upstreams() {
  for_a_share(openings_, [this](Index index) {
    SessionSlot& slot = sessions_[index];
    slot.opening = false;
    if (const auto request = slot.session->wants_upstream()) open_upstream(index, *request);
  });
}

void Shard::open_upstream(Index index, const session::UpstreamRequest& request) {
  SessionSlot& slot = sessions_[index];
  ServerPool& pool = listener_of(slot).pool;
  if (shared_.captures.wait() && !slot.captured) begin_capture(slot);
  if (!slot.streams) drain_to_server(index);  // the farewell to the server that is given up
  count_failed_connect(slot);
  close_upstream(slot);
  const auto server = pool.choose(now_, request.excluded);
  if (!server) {
    slot.session->upstream_error(now_, session::UpstreamError::no_capacity);
  } else if (slot.streams) {
    connect_stream(index, *server);
  } else {
    connect_udp(index, *server);
  }
  mark(index);
}

/// What the pool is to know of a server that is given up, or gave up, before it took the session.
void Shard::count_failed_connect(const SessionSlot& slot) {
  const UpstreamLink& upstream = slot.upstream;
  if (!upstream.server || upstream.connected) return;
  listener_of(slot).pool.failed(upstream.server->server, now_, !upstream.reached);
}

void Shard::connect_udp(Index index, const ChosenServer& server) {
  SessionSlot& slot = sessions_[index];
  ServerPool& pool = listener_of(slot).pool;
  auto socket = open_upstream_socket(server.address);
  if (!socket) {
    if (socket.error() != session::UpstreamError::no_capacity) pool.failed(server, now_);
    return slot.session->upstream_error(now_, socket.error());
  }
  if (!poller_.add(socket->get(), index)) {
    return slot.session->upstream_error(now_, session::UpstreamError::no_capacity);
  }
  const ServerUse use = pool.opened(server);
  slot.upstream = {.server = use, .socket = std::move(*socket)};
  slot.session->upstream_opened(now_, server.id, use.clock->clock);
}

void Shard::close_upstream(SessionSlot& slot) {
  if (!slot.upstream.server) return;
  if (slot.streams) slot.streams->drop_server();
  slot.upstream.socket.close();  // which takes it out of the poller
  listener_of(slot).pool.closed(*std::exchange(slot.upstream.server, std::nullopt));
}

/// Not all in one turn: those of an attacker may end together. One that waits here may be here twice.
void Shard::remove_closed() {
  for_a_share(closed_, [this](Index index) { remove(index); });
}

void Shard::remove(Index index) {
  SessionSlot& slot = sessions_[index];
  if (!slot.session) return;
  Listener& listener = listener_of(slot);
  if (slot.captured) end_capture(slot);
  log_end(slot);
  count_violation(slot);
  listener.stats.session_durations.observe(now_ - slot.session->record().opened);
  if (failed_by_server(slot.session->record().end)) count_failed_connect(slot);
  if (slot.streams && !slot.streams->answered()) count_handshake(slot, HandshakeResult::upstream);
  close_upstream(slot);
  if (slot.initialized) listener.stats.initialized.subtract();
  listener.stats.sessions.subtract();
  if (listener.udp) listener.udp->table.erase(slot.client, index);
  bookkeeping_bytes_ -= slot.bookkeeping_bytes;
  wheel_.remove(index);
  shared_.recent.note(slot.client, now_);
  sessions_.give_back(index);
}

void Shard::log_end(const SessionSlot& slot) {
  if (!spdlog::should_log(spdlog::level::info) || !records_.take(runtime_.records, now_)) return;
  const Listener& listener = listeners_[slot.listener];
  const std::string server = slot.upstream.server ? listener.pool.text(*slot.upstream.server) : std::string();
  LogLine line = describe_end(listener.options.name, slot.session->record(), server, now_);
  if (shows_clients()) line.text("address", to_text(slot.client));
  spdlog::info(line.str());
}

/// An address is nobody's business unless it is asked for.
bool Shard::shows_clients() const {
  return runtime_.records.clients || spdlog::should_log(spdlog::level::debug);
}

void Shard::count_violation(const SessionSlot& slot) {
  const session::Record& record = slot.session->record();
  if (!record.violation || !slot.receives) return;
  const auto block = shared_.blocks.violated(slot.client, now_);
  if (!block) return;
  stats_.blocks.add();
  if (!block_records_.take(runtime_.records, now_)) return;
  LogLine line = describe_block(listener_of(slot).options.name, record, *block);
  if (shows_clients()) line.text("address", to_text(slot.client));
  spdlog::warn(line.str());
}

}  // namespace gateway::net
