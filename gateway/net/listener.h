#pragma once

#include <cstdint>
#include <vector>

#include "base/random.h"
#include "net/datagram_io.h"
#include "net/descriptor.h"
#include "net/options.h"
#include "net/server_pool.h"
#include "net/session_table.h"
#include "net/stats.h"
#include "session/door.h"
#include "session/session.h"

namespace gateway::net {

/// One listener as one shard sees it: its socket of the group, the door, and who has a session.
struct Listener {
  Listener(const ListenerOptions& its_options, const session::DoorOptions& door_options,
           Descriptor its_socket, ServerPool& its_pool, ListenerStats& its_stats,
           const session::Services& its_services)
      : options(its_options),
        socket(std::move(its_socket)),
        pool(its_pool),
        stats(its_stats),
        services(its_services),
        door(door_options, its_services.random, its_stats.door),
        table(its_services.random) {}

  const ListenerOptions& options;
  Descriptor socket;
  ServerPool& pool;
  ListenerStats& stats;
  session::Services services;
  session::Door door;
  SessionTable table;                // the sessions that datagrams may belong to
  std::vector<std::uint32_t> dirty;  // slots of sessions to be flushed
};

}  // namespace gateway::net
