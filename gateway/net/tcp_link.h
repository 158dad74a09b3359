#pragma once

#include <optional>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "net/descriptor.h"
#include "net/link.h"

namespace gateway::net {

/// A TCP connection to a client or server. While a session owns it the shard's poller watches its socket, and
/// it reads into the shard's buffer; before that, to connect, and for the farewell the socket is Asio's.
class TcpLink final : public Link {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  static constexpr std::size_t estimated_bytes = 1024;  // what one takes

  TcpLink(Socket socket, LinkRoom& room) : Link(room, estimated_bytes), socket_(std::move(socket)) {
    prepare();
  }

  /// Connects to a server; `connected` is called once unless the link is aborted before.
  void connect(const Address& server, Connected connected);

  void own(LinkOwner& owner, Side side) override;
  bool pump() override;
  void ready() override;
  std::size_t held_bytes() const override { return unsent_ ? unsent_.size() - unsent_from_ : 0; }
  void finish(transport::CloseReason reason) override;
  void abort() override;

 private:
  void prepare();
  bool write();
  bool write_unsent(int socket);
  bool wants_input() const { return !input_ended_ && owner_->wants_input(side_); }
  void read();
  void watch();
  void fail();
  bool give_back_socket();
  void send_rest();
  void say_farewell();
  void discard_input();
  void close();
  std::shared_ptr<TcpLink> self() { return std::static_pointer_cast<TcpLink>(shared_from_this()); }

  Socket socket_;
  Descriptor descriptor_;  // of the socket, while it is owned
  boost::asio::ip::tcp protocol_ = boost::asio::ip::tcp::v4();
  std::uint32_t watched_ = 0;  // events
  Buffer unsent_;              // taken from the session, and no room for it in the socket
  std::size_t unsent_from_ = 0;
  bool input_ended_ = false;
  std::optional<transport::CloseReason> farewell_;
  std::optional<boost::asio::steady_timer> timer_;  // of the farewell
  std::size_t discarded_ = 0;
};

}  // namespace gateway::net
