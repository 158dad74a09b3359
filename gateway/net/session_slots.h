#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "base/address.h"
#include "net/captures.h"
#include "net/datagram_io.h"
#include "net/descriptor.h"
#include "net/server_pool.h"
#include "net/shared.h"
#include "net/stream_pair.h"
#include "session/session.h"

namespace gateway::net {

/// A session's way to its server.
struct UpstreamLink {
  std::optional<ServerUse> server;  // chosen, and counted by its pool
  Descriptor socket;                // UDP: connected to it
  bool connected = false;           // the server answered, and the pool knows it
  std::uint32_t read_turn = 0;      // UDP: the shard's turn that read it last
  bool reached = false;  // WebSocket: it took the connection, so what follows may be the client's doing
};

/// What the shard keeps with a session. Slots never move; one is used again after its session.
struct SessionSlot {
  // What each datagram looks at comes first.
  std::unique_ptr<session::Session> session;  // none: the slot is free
  std::unique_ptr<StreamPair> streams;        // tcp, ws and wss
  std::uint32_t listener = 0;
  std::uint32_t generation = 0;  // grows with each session of the slot
  bool dirty = false;            // waits to be flushed
  bool opening = false;          // waits for its server to be reached for
  bool initialized = false;      // counted as such
  bool receives = true;          // the client's address is its own beyond doubt: it knows what was sent there
  UpstreamLink upstream;
  Address client;
  LocalAddress local{};                       // where the client's datagrams arrive
  TimePoint heard{};                          // UDP: when the last one came
  std::size_t bookkeeping_bytes = 0;          // of the session, as the shard last summed it up
  std::size_t buffered_bytes = 0;             // of it, at that time
  TimePoint bookkeeping_due{};                // when it is worth summing up again
  std::shared_ptr<CapturedSession> captured;  // none: as nearly always
  std::optional<Admitted> admitted;
};

/// The sessions of one shard by number.
class SessionSlots {
 public:
  using Index = std::uint32_t;

  /// A free slot; the caller sets its session.
  Index take();
  void give_back(Index index);

  SessionSlot& operator[](Index index) { return slots_[index]; }
  const SessionSlot& operator[](Index index) const { return slots_[index]; }
  /// Slots there are, free ones included.
  Index size() const { return static_cast<Index>(slots_.size()); }
  std::size_t used() const { return slots_.size() - free_.size(); }

 private:
  std::deque<SessionSlot> slots_;
  std::vector<Index> free_;
};

}  // namespace gateway::net
