#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "base/address.h"
#include "net/options.h"
#include "session/session.h"

namespace gateway::net {

/// "address:port" the way Asio takes and gives it.
boost::asio::ip::tcp::endpoint to_endpoint(const Address& address);
Address from_endpoint(const boost::asio::ip::tcp::endpoint& endpoint);

/// A listening socket of a group (SO_REUSEPORT) over which the kernel spreads connections. Throws
/// std::runtime_error with a sentence for the operator.
boost::asio::ip::tcp::acceptor open_acceptor(boost::asio::io_context& context,
                                             const ListenerOptions& listener);

/// No delay for small writes, probes on an idle connection so that a peer that is gone is noticed.
void tune(boost::asio::ip::tcp::socket& socket);

/// Whether accepting failed because the process (EMFILE) or the system (ENFILE) has no descriptor left, so
/// that to give one up helps. Memory of the kernel (ENOMEM, ENOBUFS) comes back by waiting only.
bool lacks_descriptor(const boost::system::error_code& error);

/// What a failed connect says.
session::UpstreamError connect_error_of(const boost::system::error_code& error);

}  // namespace gateway::net
