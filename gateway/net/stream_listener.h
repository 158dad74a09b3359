#pragma once

#include <functional>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "net/options.h"
#include "net/spare_descriptor.h"
#include "net/stats.h"

namespace gateway::net {

/// The listening socket of one shard for tcp, ws or wss: hands over every connection. While the process has
/// no descriptor left, clients are turned away by the end of their connection, some at a time.
class StreamListener {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  using Accepted = std::function<void(Socket socket, const Address& client)>;

  /// Binds and listens; throws std::runtime_error with a sentence for the operator. `options`, `stats` and
  /// `spare` outlive this.
  StreamListener(boost::asio::io_context& context, const ListenerOptions& options, ListenerStats& stats,
                 SpareDescriptor& spare, Accepted accepted);

  /// Begins to accept.
  void start() { accept(); }
  /// Accepts no more.
  void stop();

 private:
  void accept();
  void failed(const boost::system::error_code& error);
  void turn_away();
  bool turn_one_away();
  void pause();

  const ListenerOptions& options_;
  ListenerStats& stats_;
  SpareDescriptor& spare_;
  bool told_ = false;  // the log, of this kind of failure
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer timer_;
  Accepted accepted_;
};

}  // namespace gateway::net
