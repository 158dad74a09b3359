#include "net/shard.h"

#include <chrono>
#include <fcntl.h>
#include <stdexcept>
#include <utility>

#include "net/sockets.h"
#include "transport/disconnect_code.h"

namespace gateway::net {

using session::Side;

namespace {

constexpr std::size_t batch_of_clients = 16;
constexpr std::uint16_t close_going_away = 1001;  // a WebSocket's close codes
constexpr std::uint16_t close_policy = 1008;
constexpr Duration lives_without_datagrams = seconds(3);  // clients ping every second, or we after 1.5 s

session::Rewriting rewriting_of(const Runtime& runtime, const ListenerOptions& listener) {
  const policy::Addresses& addresses = runtime.addresses[index(listener.scheme)];
  if (addresses.empty()) return {};
  return {&addresses, runtime.unknown_addresses, runtime.ipv6_servers[listener.pool]};
}

}  // namespace

Shard::Shard(const FixedOptions& options, const LimitOptions& limits, Shared& shared, Runtime runtime)
    : options_(options),
      shared_(shared),
      runtime_(std::move(runtime)),
      buffers_(kept_bytes_of_shard(limits.memory, options.threads)),
      links_{.context = context_,
             .buffers = buffers_,
             .poller = poller_,
             .link_gone =
                 [this] {
                   if (stopping_) schedule();
                 }},
      readable_(context_, fcntl(poller_.descriptor(), F_DUPFD_CLOEXEC, 0)),
      timer_(context_),
      wheel_(std::chrono::steady_clock::now()),
      due_(std::chrono::steady_clock::now()),
      exchanges_(limits, shared.exchanges, random_, [this](SessionId id) { return alive(id); }),
      memory_(shared.memory, stats_.memory),
      records_(stats_.records_left_out),
      block_records_(stats_.records_left_out),
      now_(std::chrono::steady_clock::now()),
      worked_(now_),
      received_(stats_),
      to_clients_(stats_),
      to_server_(stats_) {
  stats_.listeners = std::vector<ListenerStats>(options.listeners.size());
  notices_ = std::vector<session::Notices>(options.listeners.size());
  stats_.pools = std::vector<PoolStats>(shared.pools.size());
  for (std::size_t i = 0; i < shared.pools.size(); ++i) {
    pools_.emplace_back(shared.pools[i], clocks_, stats_.pools[i]);
  }
  open_listeners();
  update_listeners();
}

Shard::~Shard() {
  links_.link_gone = [] {};
}

void Shard::open_listeners() {
  for (std::size_t i = 0; i < options_.listeners.size(); ++i) {
    const ListenerOptions& listener = options_.listeners[i];
    ListenerStats& stats = stats_.listeners[i];
    const session::Services services{.policy = runtime_.policy,
                                     .options = runtime_.terms,
                                     .buffers = buffers_,
                                     .random = random_,
                                     .stats = stats.session,
                                     .raised = shared_.raised[listener.pool],
                                     .scratch = scratch_,
                                     .notices = notices_[i]};
    Listener& added = listeners_.emplace_back(Listener{.options = listener,
                                                       .pool = pools_[listener.pool],
                                                       .stats = stats,
                                                       .rewriting = {},
                                                       .services = services,
                                                       .udp = {},
                                                       .stream = {},
                                                       .dirty = {}});
    added.services.rewriting = &added.rewriting;
    if (listener.scheme == Scheme::udp) {
      open_udp(added, i);
    } else {
      added.stream = std::make_unique<StreamListener>(
          context_, listener, stats, spare_, [this, i](TcpSocket socket, const Address& client) {
            accept_stream(static_cast<std::uint32_t>(i), std::move(socket), client);
          });
    }
  }
}

/// What they hold of the runtime.
void Shard::update_listeners() {
  for (Listener& listener : listeners_) {
    listener.rewriting = rewriting_of(runtime_, listener.options);
    listener.services.options = runtime_.terms;
  }
}

void Shard::open_udp(Listener& listener, std::size_t index) {
  listener.udp = std::make_unique<UdpPort>(options_.door,
                                           open_listener_socket(listener.options, options_.receive_buffer),
                                           listener.stats.door, random_);
  if (!poller_.add(listener.udp->socket.get(), listener_bit | index)) {
    throw std::runtime_error("cannot watch the socket of " + listener.options.text);
  }
}

void Shard::discard_early() {
  constexpr int batches_at_start_max = 1000;  // a flood must not hold the start
  for (Listener& listener : listeners_) {
    for (int batch = 0; listener.udp && batch < batches_at_start_max; ++batch) {
      received_.receive(listener.udp->socket.get(), false);
      if (!received_.full()) break;
    }
  }
}

void Shard::receive(std::uint64_t key) {
  const auto index = static_cast<std::uint32_t>(key);
  if ((key & listener_bit) != 0) {
    receive_from_clients(index);
  } else if ((key & stream_bit) != 0) {
    receive_from_stream(index, (key & StreamPair::upstream_bit) != 0 ? Side::upstream : Side::downstream);
  } else {
    receive_from_server(index);
  }
}

/// Not all that waits: an answer to a Connect costs as much as several relayed datagrams, a datagram may hold
/// dozens of sealed messages, and whoever plays waits for the end of the turn.
void Shard::receive_from_clients(std::uint32_t index) {
  Listener& listener = listeners_[index];
  UdpPort& port = *listener.udp;
  const TurnShare share;
  to_clients_.begin(port.socket.get());
  do {
    received_.receive(port.socket.get(), false, batch_of_clients);
    for (std::size_t i = 0; i < received_.size(); ++i) {
      const auto datagram = received_[i];
      if (datagram && admits(listener, datagram->from)) dispatch(index, *datagram);
    }
    to_clients_.flush();  // the door's answers
    if (const auto drops = received_.kernel_drops()) listener.stats.receive_drops.set(*drops);
    port.gate.note(received_.size(), received_.full());
  } while (received_.full() && share.left());
  behind_ = behind_ || received_.full();
}

/// Who isn't admitted gets no answer at all.
bool Shard::admits(Listener& listener, const Address& client) {
  if (runtime_.access.admits(client)) return true;
  listener.stats.reject(Rejection::access);
  return false;
}

void Shard::receive_from_server(Index index) {
  SessionSlot& slot = sessions_[index];
  const int socket = slot.upstream.socket.get();
  // Where nothing came a turn ago, a second datagram is unlikely; if there is one, it is read in the next
  // turn.
  const bool several = std::exchange(slot.upstream.read_turn, turn_) + 1 == turn_ || behind_;
  const int error = several ? received_.receive(socket, true) : received_.receive_one(socket);
  for (std::size_t i = 0; i < received_.size(); ++i) {
    if (const auto datagram = received_[i]) slot.session->receive(Side::upstream, now_, datagram->bytes);
  }
  if (const auto kind = upstream_error_of(error)) slot.session->upstream_error(now_, *kind);
  mark(index);
}

void Shard::receive_from_stream(Index index, Side side) {
  SessionSlot& slot = sessions_[index];
  if (!slot.streams) return;
  slot.streams->ready(side);
  mark(index);
}

void Shard::dispatch(std::uint32_t index, const Received& datagram) {
  using session::Proof;
  if (session::Door::wants(datagram.bytes)) {
    if (!listeners_[index].udp->gate.admits(datagram.from, now_)) {
      return listeners_[index].stats.reject(Rejection::backlog);
    }
    return ask_door(index, datagram, Proof::peer);
  }
  const auto found = listeners_[index].udp->table.find(datagram.from);
  if (!found) return ask_door(index, datagram, Proof::peer);
  ByteReader in(datagram.bytes);  // see "Datagram header" in wire/README.md
  const std::uint16_t peer = in.u16();
  in.skip(6);
  const std::uint32_t challenge = in.u32();
  SessionSlot& slot = sessions_[*found];
  if (!in.ok() || !slot.session->matches(peer, challenge))
    return ask_door(index, datagram, proof_against(slot));
  slot.heard = now_;
  slot.session->receive(Side::downstream, now_, datagram.bytes);
  mark(*found);
}

void Shard::ask_door(std::uint32_t index, const Received& datagram, session::Proof wanted) {
  Listener& listener = listeners_[index];
  const auto rejection = shared_.rejection_of(datagram.from, now_);
  if (rejection == Rejection::blocked) {  // unanswered
    return listener.stats.reject(*rejection);
  }
  const std::uint64_t refused = listener.stats.door.refused.value();
  const session::DoorAnswer answer = listener.udp->door.receive(
      now_, datagram.from, datagram.bytes, rejection.has_value(), to_clients_.room(), wanted);
  if (rejection && listener.stats.door.refused.value() != refused) {
    listener.stats.reject(*rejection);
  }
  if (answer.reply_bytes > 0) to_clients_.add(answer.reply_bytes, datagram.from, datagram.local);
  if (answer.proven) open_session(index, datagram, answer);
}

/// Who guesses 16 bits for another's address must not end the session it has there. A client that connects
/// anew from the same port is silent on its old session, so any of its datagrams is a proof again soon.
session::Proof Shard::proof_against(const SessionSlot& slot) const {
  const bool lives = now_ < slot.heard + lives_without_datagrams;
  return lives ? session::Proof::number : session::Proof::peer;
}

void Shard::open_session(std::uint32_t index, const Received& datagram, const session::DoorAnswer& answer) {
  Listener& listener = listeners_[index];
  replace_session(listener, datagram.from);
  const Index place = sessions_.take();
  SessionSlot& slot = sessions_[place];
  slot.session = std::make_unique<session::Session>(listener.services, *answer.proven, now_);
  slot.client = datagram.from;
  slot.local = datagram.local;
  slot.listener = index;
  slot.receives = answer.acknowledged;
  slot.heard = now_;
  listener.udp->table.insert(datagram.from, place);
  listener.stats.sessions.add();
  slot.admitted.emplace(shared_.admission, datagram.from);
  slot.session->receive(Side::downstream, now_, datagram.bytes);
  mark(place);
}

/// The address connected anew: its old session says farewell, reached by nothing any more.
void Shard::replace_session(Listener& listener, const Address& client) {
  const auto old = listener.udp->table.find(client);
  if (!old) return;
  sessions_[*old].session->end(now_, session::End::replaced, transport::code_normal);
  listener.udp->table.erase(client, *old);
  mark(*old);
}

void Shard::run_exchanges() {
  if (exchanges_.empty()) return;
  now_ = std::chrono::steady_clock::now();
  const TurnShare share;
  while (share.left()) {
    auto done = exchanges_.next(now_);
    if (!done) break;
    now_ = std::chrono::steady_clock::now();
    stats_.exchanges.observe(now_ - done->since);
    sessions_[done->session.slot].session->exchange_done(now_, std::move(done->outcome));
    mark(done->session.slot);
  }
  stats_.exchanges_waiting.set(exchanges_.size());
}

bool Shard::alive(SessionId id) const {
  const SessionSlot& slot = sessions_[id.slot];
  return slot.session != nullptr && slot.generation == id.generation;
}

void Shard::fire_timers() {
  for (const Index index : due_.take(now_, behind_, wheel_)) {
    if (!sessions_[index].session) continue;  // it ended since it was due
    sessions_[index].session->advance(now_);
    mark(index);
  }
}

void Shard::end_all() {
  now_ = std::chrono::steady_clock::now();
  for (Index i = 0; i < sessions_.size(); ++i) end(i, session::End::shutdown);
}

void Shard::end(Index index, session::End why) {
  SessionSlot& slot = sessions_[index];
  if (!slot.session) return;
  const Scheme scheme = listener_of(slot).options.scheme;
  const bool websocket = scheme == Scheme::ws || scheme == Scheme::wss;
  const std::uint16_t close = why == session::End::access ? close_policy : close_going_away;
  slot.session->end(now_, why, websocket ? close : transport::code_server_logic);
  mark(index);
}

}  // namespace gateway::net
