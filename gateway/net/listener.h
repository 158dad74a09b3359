#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/random.h"
#include "net/connect_gate.h"
#include "net/datagram_io.h"
#include "net/descriptor.h"
#include "net/options.h"
#include "net/server_pool.h"
#include "net/session_table.h"
#include "net/stats.h"
#include "net/stream_listener.h"
#include "session/door.h"
#include "session/session.h"

namespace gateway::net {

/// Where UDP clients come in: the shard's socket of the group, the door, and who has a session.
struct UdpPort {
  UdpPort(const session::DoorOptions& door_options, Descriptor its_socket, session::DoorStats& door_stats,
          Random& random)
      : socket(std::move(its_socket)), gate(random), door(door_options, random, door_stats), table(random) {}

  Descriptor socket;
  ConnectGate gate;
  session::Door door;
  SessionTable table;  // the sessions that datagrams may belong to
};

/// One listener as one shard sees it.
struct Listener {
  const ListenerOptions& options;
  ServerPool& pool;
  ListenerStats& stats;
  session::Rewriting rewriting;  // what the services point to
  session::Services services;
  std::unique_ptr<UdpPort> udp;            // one of the two
  std::unique_ptr<StreamListener> stream;  // tcp, ws and wss
  std::vector<std::uint32_t> dirty;        // slots of sessions to be flushed
};

}  // namespace gateway::net
