// The test server's clients on TCP and WebSocket: their connections, and what only exists there.

#include "support/json_units.h"
#include "support/test_server_peer.h"

namespace gateway::test {

using transport::Delivery;
using transport::Form;
using transport::Payload;

namespace {

constexpr std::size_t stream_output_bytes = 64 * 1024;
constexpr std::size_t token_header_bytes = 7;
constexpr std::uint8_t token_first = 0xFB;

/// The header of TCP before the one message of WebSocket that has it: its length, channel 0, reliable.
bool is_token_header(Bytes message) {
  ByteReader in(message);
  return in.u8() == token_first && in.u32() == message.size() && in.u16() == 1;
}

}  // namespace

// Connections
// -------------------------------------------------------------------------------------------------------

void TestServer::open_stream(TimePoint now, const Address& from, StreamKind kind,
                             message::Serialization serialization) {
  show_clock(now);
  out_.resize(stream_output_bytes);
  auto peer = std::make_unique<Peer>();
  peer->address = from;
  peer->kind = kind;
  peer->serialization = serialization;
  if (kind == StreamKind::tcp) {
    auto stream = std::make_unique<transport::FramedStream>(options_.transport, buffers_, stats_,
                                                            transport::Role::server, now);
    peer->stream = stream.get();
    peer->transport = std::move(stream);
  } else {
    auto messages = std::make_unique<transport::WholeMessages>(options_.transport, buffers_, stats_,
                                                               transport::Role::server, now);
    peer->stream = peer->messages = messages.get();
    peer->transport = std::move(messages);
    peer->initialized = true;  // the upgrade stands for Init
  }
  Peer& opened = *(peers_[from] = std::move(peer));
  traffic_[from] = {};
  stream_ends_.erase(from);
  if (dead_ || options_.greeting == Greeting::silent) return;
  if (options_.greeting == Greeting::refuse_connect) {
    return opened.transport->close(now, {transport::Cause::local, options_.refuse_code},
                                   transport::Linger::now);
  }
  if (kind == StreamKind::websocket) respond_to_init(now, opened);
  if (kind == StreamKind::json) answer_unit(now, opened, session_id);
}

void TestServer::receive_stream(TimePoint now, const Address& from, Bytes bytes, bool text) {
  const auto found = peers_.find(from);
  if (dead_ || options_.greeting == Greeting::silent || found == peers_.end()) return;
  show_clock(now);
  Peer& peer = *found->second;
  if (text) {
    peer.messages->receive_text(now, bytes);
  } else {
    peer.transport->receive(now, bytes);
  }
  read(now, peer);
}

void TestServer::end_of_input(TimePoint now, const Address& from, transport::CloseReason reason) {
  const auto found = peers_.find(from);
  if (dead_ || found == peers_.end()) return;
  found->second->stream->end_of_input(reason);
  read(now, *found->second);
  if (found->second->kind == StreamKind::json) leave(now, *found->second);
}

void TestServer::not_listening(TimePoint now, const Address& from) {
  if (const auto found = peers_.find(from); found != peers_.end()) found->second->stream->not_listening(now);
}

std::optional<TestServer::StreamOutput> TestServer::stream_output(TimePoint now, const Address& to) {
  const auto found = peers_.find(to);
  if (dead_ || found == peers_.end()) return std::nullopt;
  Peer& peer = *found->second;
  if (peer.messages != nullptr) {
    if (auto message = peer.messages->take_message(now)) {
      stream_message_ = std::move(message->bytes);
      return StreamOutput{std::as_const(stream_message_).bytes(), message->text};
    }
  } else if (const std::size_t written = peer.transport->next_output(now, out_); written > 0) {
    return StreamOutput{Bytes(out_).first(written), false};
  }
  forget_if_closed(now, peer);
  return std::nullopt;
}

std::optional<transport::CloseReason> TestServer::take_end(const Address& peer) {
  const auto node = stream_ends_.extract(peer);
  if (node.empty()) return std::nullopt;
  return node.mapped();
}

std::size_t TestServer::queued_bytes(const Address& peer) const {
  const auto found = peers_.find(peer);
  return dead_ || found == peers_.end() ? 0 : found->second->transport->queued_bytes();
}

// What travels on streams alone
// -------------------------------------------------------------------------------------

/// The client's clock goes back behind the server's.
void TestServer::answer_ping(TimePoint now, Peer& peer, const Payload& ping) {
  if (options_.records) {
    pings_.push_back({now, peer.address, 0, Delivery::reliable, false, copy(ping.bytes), Form::ping});
  }
  if (!peer.initialized) return;
  std::array<std::uint8_t, wire::pong_bytes> pong{};
  ByteWriter out(pong);
  out.u8(wire::ping_magic);
  out.u32(clock_at(now));
  out.bytes(ping.bytes.subspan(1));
  answer(now, peer, {pong, 0, Delivery::reliable, Form::ping});
}

/// Messages of WebSocket that are none of the binary protocol; false when it is one.
bool TestServer::takes_otherwise(TimePoint now, Peer& peer, const Payload& payload, bool first) {
  const bool text = payload.form == Form::text;
  if (text != (peer.kind == StreamKind::json)) {
    violations_.push_back(text ? "a text message" : "a binary message in JSON mode");
    return true;
  }
  if (text) {
    traffic_[peer.address].received.add(payload.bytes);
    take_text(now, peer, text_of(payload.bytes));
    return true;
  }
  if (payload.bytes.front() != token_first) return false;
  take_token(peer, payload, first);
  return true;
}

void TestServer::take_token(Peer& peer, const Payload& payload, bool first) {
  if (!first) violations_.push_back("an Init that isn't the first message");
  if (!is_token_header(payload.bytes) || !message::parse_init(payload.bytes.subspan(token_header_bytes))) {
    violations_.push_back("a first message that is no Init");
    return;
  }
  take_key(peer, payload.bytes.subspan(token_header_bytes), peer.serialization);
}

}  // namespace gateway::test
