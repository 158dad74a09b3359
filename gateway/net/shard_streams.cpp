// How clients of tcp, ws and wss get their sessions, in the order of the functions below:
//   1 accept      a connection; on tcp it is a session at once
//   2 enter       ws and wss: TLS, the upgrade request; then it is a session
//   3 connect     to the server that the session wants: tcp after Init, ws at once, with the client's request
//   4 connected   the session goes on; a WebSocket's client is answered as the server answered
#include <chrono>
#include <utility>

#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include "base/log_line.h"
#include "net/shard.h"

namespace gateway::net {

using session::StreamClient;

void Shard::accept_stream(std::uint32_t index, TcpSocket socket, const Address& client) {
  Listener& listener = listeners_[index];
  if (!admits(listener, client)) return;  // and the socket closes
  now_ = std::chrono::steady_clock::now();
  if (const auto rejection = shared_.rejection_of(client, now_)) {
    return listener.stats.reject(*rejection);
  }
  const std::size_t message_max = runtime_.terms->downstream.message_max;
  switch (listener.options.scheme) {
    case Scheme::ws:
      return enter(index, make_websocket_link(std::move(socket), links_, message_max), client);
    case Scheme::wss:
      return enter(
          index, make_websocket_link(TlsSocket(std::move(socket), *runtime_.tls[index]), links_, message_max),
          client);
    case Scheme::tcp:
    case Scheme::udp:
      break;
  }
  auto link = std::make_shared<TcpLink>(std::move(socket), links_);
  link->admit(Admitted(shared_.admission, client));
  const Index place = open_stream_session(index, client, session::StreamClient{});
  sessions_[place].streams->start(std::move(link));
}

void Shard::enter(std::uint32_t listener, const std::shared_ptr<WebSocketLink>& link, const Address& client) {
  entering_.emplace(link, listener);
  link->admit(Admitted(shared_.admission, client));
  link->enter(runtime_.terms->init_timeout,
              [this, listener, link = link.get(), client](HandshakeResult result) {
                const auto entering = std::static_pointer_cast<WebSocketLink>(link->shared_from_this());
                entering_.erase(entering);
                entered(listener, entering, client, result);
              });
}

void Shard::entered(std::uint32_t index, const std::shared_ptr<WebSocketLink>& link, const Address& client,
                    HandshakeResult result) {
  Listener& listener = listeners_[index];
  if (result == HandshakeResult::ok && !admits(listener, client)) return link->abort();  // denied meanwhile
  if (result != HandshakeResult::ok) {
    listener.stats.handshakes[static_cast<std::size_t>(result)].add();
    spdlog::debug(
        LogLine("no session").text("listener", listener.options.name).text("reason", name(result)).str());
    return;
  }
  const StreamClient how{.framing = StreamClient::Framing::websocket,
                         .confidential = listener.options.scheme == Scheme::wss,
                         .serialization = std::nullopt};  // to be agreed with the server
  const Index place = open_stream_session(index, client, how);
  sessions_[place].streams->start(link);
}

Shard::Index Shard::open_stream_session(std::uint32_t index, const Address& client,
                                        const session::StreamClient& how) {
  Listener& listener = listeners_[index];
  now_ = std::chrono::steady_clock::now();
  const Index place = sessions_.take();
  SessionSlot& slot = sessions_[place];
  slot.session = std::make_unique<session::Session>(listener.services, how, now_);
  slot.streams = std::make_unique<StreamPair>(*slot.session, stream_bit | place, [this, place] {
    mark(place);
    schedule();
  });
  slot.client = client;
  slot.listener = index;
  listener.stats.sessions.add();
  mark(place);
  schedule();
  return place;
}

void Shard::connect_stream(Index index, const ChosenServer& server) {
  SessionSlot& slot = sessions_[index];
  ServerPool& pool = listener_of(slot).pool;
  slot.upstream = {.server = pool.opened(server), .socket = {}};
  slot.session->upstream_connecting(server.id);
  const SessionId id{index, slot.generation};
  slot.streams->connect(
      links_, server.address, slot.session->options().upstream.message_max,
      [this, id] {
        if (alive(id)) sessions_[id.slot].upstream.reached = true;
      },
      [this, id](const ConnectResult& result) { stream_connected(id, result); });
}

void Shard::stream_connected(SessionId id, const ConnectResult& result) {
  if (!alive(id)) return;
  SessionSlot& slot = sessions_[id.slot];
  now_ = std::chrono::steady_clock::now();
  if (result.error || result.declined != 0) slot.streams->drop_server();
  if (result.error) {
    slot.session->upstream_error(now_, *result.error);
  } else if (result.declined != 0) {
    listener_of(slot).pool.connected(slot.upstream.server->server, now_);  // it lives
    slot.upstream.connected = true;
    slot.session->upstream_declined(now_, result.declined);
  } else if (!slot.session->closed(Side::downstream)) {
    slot.streams->opened();
    count_handshake(slot, HandshakeResult::ok);
    const ServerUse& use = *slot.upstream.server;
    slot.session->upstream_opened(now_, use.server.id, use.clock->clock);
  }
  mark(id.slot);
  schedule();
}

void Shard::count_handshake(const SessionSlot& slot, HandshakeResult result) {
  Listener& listener = listener_of(slot);
  if (listener.options.scheme == Scheme::tcp) return;
  listener.stats.handshakes[static_cast<std::size_t>(result)].add();
}

void Shard::stop_streams() {
  for (Listener& listener : listeners_) {
    if (listener.stream) listener.stream->stop();
  }
  stop_entering(Rejection::stopping);
}

void Shard::stop_entering(Rejection why) {
  for (const auto& [link, listener] : std::exchange(entering_, {})) {
    listeners_[listener].stats.reject(why);
    link->abort();
  }
}

}  // namespace gateway::net
