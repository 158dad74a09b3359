#pragma once

#include <optional>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "net/link.h"
#include "net/stats.h"
#include "net/upgrade.h"

namespace gateway::net {

using TcpSocket = boost::asio::ip::tcp::socket;
using TlsSocket = boost::asio::ssl::stream<TcpSocket>;

/// A WebSocket connection, whichever side it is on.
class WebSocketLink : public Link {
 public:
  /// How a client's way to its upgrade request went; ok: request() is there.
  using Entered = std::function<void(HandshakeResult)>;

  using Link::Link;

  // A client's: enter, then accept or finish.

  /// TLS if there is any, then the upgrade request, all within `limit`. `entered` is called once unless the
  /// link is aborted before; after anything but ok the link is on its way out.
  virtual void enter(Duration limit, Entered entered) = 0;
  virtual const UpgradeRequest& request() const = 0;
  /// Answers 101 as the server did; `accepted` is called when the client has it.
  virtual void accept(const UpgradeResponse& from_server) = 0;

  // A server's.

  /// Connects, calls `reached`, and asks for an upgrade as the client did. `connected` as with TcpLink.
  virtual void connect(const Address& server, const UpgradeRequest& from_client, Reached reached,
                       Connected connected) = 0;
  /// What the server answered.
  virtual const UpgradeResponse& response() const = 0;
};

std::shared_ptr<WebSocketLink> make_websocket_link(TcpSocket socket, LinkRoom& room, std::size_t message_max);
std::shared_ptr<WebSocketLink> make_websocket_link(TlsSocket socket, LinkRoom& room, std::size_t message_max);

}  // namespace gateway::net
