#pragma once

#include <array>
#include <functional>
#include <memory>

#include "net/link.h"
#include "net/tcp_link.h"
#include "net/websocket_link.h"

namespace gateway::net {

/// The two links of a session on a stream transport, and what the shard does with them.
class StreamPair final : public LinkOwner {
 public:
  /// `touched` is called when the session was given something: it is to be flushed soon.
  /// `poller_key` names it, see poller_key().
  StreamPair(session::Session& session, std::uint64_t poller_key, std::function<void()> touched);
  ~StreamPair() override;

  /// Takes the client's link; a WebSocket's is accepted when its server was reached.
  void start(std::shared_ptr<TcpLink> client);
  void start(std::shared_ptr<WebSocketLink> client);
  /// Opens a link to a server; `connected` is called once unless another or none is wanted before.
  /// On WebSocket `reached` is called before.
  void connect(LinkRoom& room, const Address& server, std::size_t message_max, Reached reached,
               Connected connected);
  /// The server's link is there and the session knows it.
  void opened();
  /// Gives the server up, if one was being reached.
  void drop_server();
  /// The poller says that this side's socket has something to do.
  void ready(Side side);
  /// Writes and reads what can be, and lets links go whose side is over.
  void flush();
  /// Bytes that wait in the links, on their way to or from the session.
  std::size_t held_bytes() const;
  /// Of memory that its links take themselves.
  std::size_t link_bytes() const;
  /// True when the server accepted the client's upgrade, and on TCP.
  bool answered() const { return answered_; }

  bool wants_input(Side side) const override { return session_.wants_input(side); }
  void arriving(Side side) override;
  void control_frame(Side side) override;
  void received(Side side, Bytes bytes, bool text) override;
  void ended(Side side, transport::CloseReason reason) override;
  std::size_t next_output(Side side, MutableBytes out) override;
  std::optional<transport::OutgoingMessage> take_message(Side side) override;
  std::uint64_t poller_key(Side side) const override;
  void again(Side side) override;

  static constexpr std::uint64_t upstream_bit = std::uint64_t{1} << 61;  // of a poller key

 private:
  std::shared_ptr<Link>& link(Side side) { return links_[static_cast<std::size_t>(side)]; }
  void take(Side side, std::shared_ptr<Link> link);

  session::Session& session_;
  const std::uint64_t poller_key_;
  std::function<void()> touched_;
  std::array<std::shared_ptr<Link>, 2> links_;
  std::shared_ptr<Link> connecting_;         // to a server, not open yet
  std::shared_ptr<WebSocketLink> waiting_;   // the client's, until its server answered
  std::shared_ptr<WebSocketLink> upgraded_;  // the server's, until its answer was passed on
  bool answered_ = false;
};

}  // namespace gateway::net
