#pragma once

#include <optional>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "net/link.h"

namespace gateway::net {

/// A TCP connection to a client or server. Nothing is allocated while it is idle: it waits until there is
/// something, and reads into the shard's buffer.
class TcpLink final : public Link {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  TcpLink(Socket socket, LinkRoom& room) : Link(room), socket_(std::move(socket)) { prepare(); }

  /// Connects to a server; `connected` is called once unless the link is aborted before.
  void connect(const Address& server, Connected connected);

  bool pump() override;
  void finish(transport::CloseReason reason) override;
  void abort() override;

 private:
  void prepare();
  bool write();
  bool write_unsent();
  void wait_writable();
  void read();
  void readable();
  void fail();
  void say_farewell();
  void discard_input();
  void close();
  std::shared_ptr<TcpLink> self() { return std::static_pointer_cast<TcpLink>(shared_from_this()); }

  Socket socket_;
  Buffer unsent_;  // taken from the session, and no room for it in the socket
  std::size_t unsent_from_ = 0;
  bool reading_ = false;
  bool writing_ = false;
  bool input_ended_ = false;
  std::optional<transport::CloseReason> farewell_;
  std::optional<boost::asio::steady_timer> timer_;  // of the farewell
  std::size_t discarded_ = 0;
};

}  // namespace gateway::net
