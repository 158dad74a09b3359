#pragma once

#include <functional>

#include <boost/asio/io_context.hpp>

#include "base/address.h"
#include "base/buffer_pool.h"
#include "base/random.h"
#include "base/time.h"
#include "net/stats.h"
#include "transport/options.h"
#include "transport/stats.h"

namespace gateway::net {

/// What probes share; outlives them.
struct ProbeRoom {
  boost::asio::io_context& context;
  BufferPool& buffers;
  Random& random;
  transport::Options options = transport::Options::upstream_leg();
  transport::Stats stats{};  // read by nobody
};

/// Called once; not at all when this machine has no socket to spare, which says nothing of the server.
using ProbeDone = std::function<void(ProbeResult)>;

/// Connects to a server as a Photon client and leaves: Connect, VerifyConnect, Disconnect.
void probe_udp(ProbeRoom& room, const Address& server, Duration timeout, ProbeDone done);
/// Opens a TCP connection and closes it at once.
void probe_tcp(ProbeRoom& room, const Address& server, Duration timeout, ProbeDone done);

}  // namespace gateway::net
