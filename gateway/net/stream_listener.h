#pragma once

#include <functional>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "net/options.h"

namespace gateway::net {

/// The listening socket of one shard for tcp, ws or wss: hands over every connection.
class StreamListener {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  using Accepted = std::function<void(Socket socket, const Address& client)>;

  /// Binds and listens; throws std::runtime_error with a sentence for the operator.
  StreamListener(boost::asio::io_context& context, const ListenerOptions& options, Accepted accepted);

  /// Begins to accept.
  void start() { accept(); }
  /// Accepts no more.
  void stop();

 private:
  void accept();
  void pause();

  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer timer_;
  Accepted accepted_;
};

}  // namespace gateway::net
