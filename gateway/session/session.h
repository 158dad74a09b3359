#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/buffer_pool.h"
#include "base/random.h"
#include "base/result.h"
#include "crypto/key_exchange.h"
#include "message/init.h"
#include "session/confidentiality.h"
#include "session/leg.h"
#include "session/options.h"
#include "session/record.h"
#include "session/stats.h"
#include "transport/server_clock.h"
#include "transport/reliable_udp.h"
#include "upstream/pool.h"

namespace gateway::session {

/// What the sessions of one shard share; all of it outlives them.
struct Services {
  const Options& options;
  BufferPool& buffers;
  Random& random;
  Stats& stats;
  RaisedEvents& raised;                   // of the listener's pool, shared with other shards
  std::vector<std::uint8_t>& scratch;     // one opened or sealed message at a time
};

/// A server is wanted; `excluded` is one that just failed this session.
struct UpstreamRequest {
  std::optional<upstream::ServerId> excluded;
};

enum class UpstreamError : std::uint8_t {
  refused,      // ICMP: nobody listens there
  unreachable,  // ICMP or the local system: no way there
  no_capacity,  // no descriptor, port or memory for a socket
};

/// A key exchange a client asked for: to be run by the shard when there is time.
struct ExchangeJob {
  std::vector<std::uint8_t> client_key;
};

/// One client's connection and its connection to the server: two legs and what passes between them.
///
/// The contract, as for a transport: one call (receive, advance, upstream_…, exchange_done, end), then take
/// take_exchange(), drain next_output() of both sides, then wants_upstream(), and arm a timer for deadline().
/// When wants_upstream() yields, the old upstream socket (if any) is closed after its output was drained.
/// closed() = both sides drained and over: the session and its sockets can go.
class Session {
 public:
  Session(const Services& services, const transport::Accepted& client, TimePoint now);
  ~Session();

  void receive(Side from, TimePoint now, Bytes bytes);
  void advance(TimePoint now);
  TimePoint deadline() const;
  /// Writes what leaves next on `side`; 0 = drained.
  std::size_t next_output(Side side, TimePoint now, MutableBytes out);

  /// Yields once each time a server is wanted.
  std::optional<UpstreamRequest> wants_upstream();
  /// The socket to `server` is there; `clock` is that server's and outlives the session.
  void upstream_opened(TimePoint now, upstream::ServerId server, transport::ServerClock& clock);
  /// The socket couldn't be opened (kind) or the network reported an error on it.
  void upstream_error(TimePoint now, UpstreamError kind);
  /// True once the upstream answered Connect; for the pool's health.
  bool upstream_connected() const { return upstream_connected_; }
  /// Asks the server for its time; the shard calls it on one initialized session per server and interval.
  void ask_server_time(TimePoint now);

  /// Yields each exchange once. Until exchange_done() no further message of the client is taken.
  std::optional<ExchangeJob> take_exchange();
  void exchange_done(TimePoint now, Result<crypto::Exchanged, ExchangeResult> result);

  /// Ends the session from outside: the client is told `code`.
  void end(TimePoint now, End why, std::uint8_t code);

  bool closed() const;
  bool initialized() const { return initialized_; }
  const Record& record() const { return record_; }
  /// True when a datagram with these belongs to this session.
  bool matches(std::uint16_t peer, std::uint32_t challenge) const;
  /// Bytes queued and held on both legs.
  std::size_t buffered_bytes() const;
};

}  // namespace gateway::session
