#include "net/stream_pair.h"

#include <chrono>
#include <utility>

namespace gateway::net {

namespace {

TimePoint clock_now() {
  return std::chrono::steady_clock::now();
}

}  // namespace

StreamPair::StreamPair(session::Session& session, std::uint64_t poller_key, std::function<void()> touched)
    : session_(session), poller_key_(poller_key), touched_(std::move(touched)) {}

StreamPair::~StreamPair() {
  drop_server();
  for (auto& link : links_) {
    if (link) link->abort();
  }
}

void StreamPair::take(Side side, std::shared_ptr<Link> taken) {
  taken->own(*this, side);
  link(side) = std::move(taken);
}

void StreamPair::start(std::shared_ptr<TcpLink> client) {
  take(Side::downstream, std::move(client));
  answered_ = true;
}

void StreamPair::start(std::shared_ptr<WebSocketLink> client) {
  waiting_ = client;
  take(Side::downstream, std::move(client));
}

void StreamPair::connect(LinkRoom& room, const Address& server, std::size_t message_max, Reached reached,
                         Connected connected) {
  drop_server();
  if (waiting_) {
    auto made = make_websocket_link(TcpSocket(room.context), room, message_max);
    connecting_ = upgraded_ = made;
    made->connect(server, waiting_->request(), std::move(reached), std::move(connected));
  } else {
    auto made = std::make_shared<TcpLink>(TcpSocket(room.context), room);
    connecting_ = made;
    made->connect(server, std::move(connected));
  }
}

void StreamPair::opened() {
  take(Side::upstream, std::exchange(connecting_, nullptr));
  if (!waiting_) return;
  answered_ = true;
  session_.agreed(serialization_of(waiting_->request(), upgraded_->response()));
  std::exchange(waiting_, nullptr)->accept(std::exchange(upgraded_, nullptr)->response());
}

void StreamPair::drop_server() {
  if (connecting_) std::exchange(connecting_, nullptr)->abort();
  upgraded_.reset();
}

void StreamPair::ready(Side side) {
  if (link(side)) link(side)->ready();
}

// Taking output may let the session pass on what had waited, so both sides are asked until neither has more.
void StreamPair::flush() {
  for (bool wrote = true; wrote;) {
    wrote = false;
    for (const Side side : {Side::downstream, Side::upstream}) {
      if (link(side)) wrote |= link(side)->pump();
    }
  }
  for (const Side side : {Side::downstream, Side::upstream}) {
    if (!link(side) || !session_.closed(side)) continue;
    waiting_.reset();
    const auto gone = std::exchange(link(side), nullptr);
    // Who doesn't take what is written hears no farewell either, and that memory is wanted back. Nor does who
    // floods: while it was said, its frames would be read on.
    const session::End end = session_.record().end;
    const bool floods = end == session::End::message_rate && side == Side::downstream;
    if (floods || (end == session::End::memory && gone->held_bytes() > 0)) {
      gone->abort();
    } else {
      gone->finish(session_.close_reason(side));
    }
  }
}

std::size_t StreamPair::held_bytes() const {
  std::size_t bytes = 0;
  for (const auto& link : links_) bytes += link ? link->held_bytes() : 0;
  return bytes;
}

std::size_t StreamPair::link_bytes() const {
  std::size_t bytes = 0;
  for (const auto& link : links_) bytes += link ? link->own_bytes() : 0;
  return bytes;
}

void StreamPair::arriving(Side side) {
  session_.arriving(side, clock_now());
}

// Most of them need nothing of the shard.
void StreamPair::control_frame(Side side) {
  session_.control_frame(side, clock_now());
  if (session_.closed(side)) touched_();
}

void StreamPair::received(Side side, Bytes bytes, bool text) {
  if (text) {
    session_.receive_text(side, clock_now(), bytes);
  } else {
    session_.receive(side, clock_now(), bytes);
  }
  touched_();
}

void StreamPair::ended(Side side, transport::CloseReason reason) {
  session_.end_of_input(side, clock_now(), reason);
  touched_();
}

std::size_t StreamPair::next_output(Side side, MutableBytes out) {
  return session_.next_output(side, clock_now(), out);
}

std::optional<transport::OutgoingMessage> StreamPair::take_message(Side side) {
  return session_.take_message(side, clock_now());
}

std::uint64_t StreamPair::poller_key(Side side) const {
  return poller_key_ | (side == Side::upstream ? upstream_bit : 0);
}

void StreamPair::again(Side) {
  touched_();
}

}  // namespace gateway::net
