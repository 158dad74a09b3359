#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

#include "base/address_ranges.h"
#include "base/time.h"
#include "net/options.h"
#include "net/tls.h"
#include "policy/addresses.h"
#include "session/options.h"

namespace gateway::net {

/// What a reload replaces, as one shard uses it: a copy of its own, exchanged between two turns of its loop,
/// so the way of a message meets no lock and no atomic for it.
struct Runtime {
  std::array<policy::Addresses, schemes> addresses;  // see Options
  policy::UnknownAddresses unknown_addresses = policy::UnknownAddresses::pass;
  std::vector<bool> ipv6_servers;               // by pool: is its first server reached by IPv6
  session::Policy policy;                       // of all sessions, from the next message on
  std::shared_ptr<const session::Terms> terms;  // of sessions that begin
  Access access;
  std::size_t exchange_queue = 0;  // see LimitOptions
  Duration exchange_wait{};        // see LimitOptions
  RecordOptions records;
  std::vector<TlsContext> tls;  // by listener: what clients of wss are greeted with
};

Runtime runtime_of(const Options& options, std::vector<TlsContext> tls);

}  // namespace gateway::net
