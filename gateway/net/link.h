#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/io_context.hpp>

#include "base/address.h"
#include "base/buffer_pool.h"
#include "base/bytes.h"
#include "net/poller.h"
#include "net/shared.h"
#include "session/session.h"
#include "transport/whole_messages.h"

namespace gateway::net {

using session::Side;

/// What the links of one shard share.
struct LinkRoom {
  boost::asio::io_context& context;
  BufferPool& buffers;
  Poller& poller;
  std::function<void()> link_gone;  // called when a link's last work is done
  std::size_t links = 0;            // alive, those included that only say farewell
  std::size_t bytes = 0;            // of memory that they take, buffers of the pool aside
  std::array<std::uint8_t, std::size_t{64} * 1024> input{};   // one read at a time
  std::array<std::uint8_t, std::size_t{16} * 1024> output{};  // one write at a time
};

/// The session behind a link. Calls come from the link's own calls or from the shard's loop.
class LinkOwner {
 public:
  virtual ~LinkOwner() = default;
  virtual bool wants_input(Side side) const = 0;
  /// A part of a WebSocket's message.
  virtual void arriving(Side side) = 0;
  /// A WebSocket's ping or pong, which the link sees to.
  virtual void control_frame(Side side) = 0;
  /// Some bytes of a stream, or one whole message of a WebSocket.
  virtual void received(Side side, Bytes bytes, bool text) = 0;
  /// Nothing more will be received.
  virtual void ended(Side side, transport::CloseReason reason) = 0;
  virtual std::size_t next_output(Side side, MutableBytes out) = 0;
  virtual std::optional<transport::OutgoingMessage> take_message(Side side) = 0;
  /// What the poller calls this side's socket.
  virtual std::uint64_t poller_key(Side side) const = 0;
  /// The link can do more: a write that had to wait is done, or not all was read.
  virtual void again(Side side) = 0;
};

/// One socket of a session on a stream transport: it reads while the session wants input, and writes what the
/// session has to say. It lives as long as an operation on it is pending, its owner perhaps shorter.
class Link : public std::enable_shared_from_this<Link> {
 public:
  /// `bytes`: an estimate of the memory that the link takes from its start.
  Link(LinkRoom& room, std::size_t bytes) : room_(room), bytes_(bytes) {
    ++room_.links;
    room_.bytes += bytes_;
  }
  virtual ~Link() {
    --room_.links;
    room_.bytes -= bytes_;
    room_.link_gone();
  }
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  virtual void own(LinkOwner& owner, Side side) {
    owner_ = &owner;
    side_ = side;
  }

  /// Bytes on their way to or from the session that wait here.
  virtual std::size_t held_bytes() const = 0;
  /// Of memory that it takes itself.
  std::size_t own_bytes() const { return bytes_; }

  /// The client's place among all sessions, kept as long as its socket.
  void admit(Admitted admitted) { admitted_.emplace(std::move(admitted)); }

  /// Writes what there is and reads if the session wants it. True when something was written.
  virtual bool pump() = 0;
  /// The poller says that the socket can be read or written. Only of links that let it watch theirs.
  virtual void ready() {}
  /// The owner goes. What was taken from the session is still written, then the peer is told by the way its
  /// transport has: FIN, a close frame, an HTTP status; for at most a few seconds.
  virtual void finish(transport::CloseReason reason) = 0;
  /// The owner goes, and nobody is told.
  virtual void abort() = 0;

 protected:
  /// The memory it takes changed, buffers of the pool aside.
  void account(std::size_t bytes) { room_.bytes += bytes - std::exchange(bytes_, bytes); }

  LinkRoom& room_;
  LinkOwner* owner_ = nullptr;
  Side side_ = Side::downstream;

 private:
  std::size_t bytes_;
  std::optional<Admitted> admitted_;
};

/// Who outlives a finished link, and for how long.
inline constexpr Duration farewell_time = seconds(2);

/// How opening a link to a server went.
struct ConnectResult {
  std::optional<session::UpstreamError> error{};  // none: there is a connection
  std::uint16_t declined = 0;  // WebSocket: but the upgrade was answered with this HTTP status
};
/// The server took the connection: whatever follows may be the client's doing.
using Reached = std::function<void()>;
using Connected = std::function<void(const ConnectResult&)>;

}  // namespace gateway::net
