#pragma once

#include <array>
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
#include "transport/reliable_udp.h"
#include "transport/server_clock.h"
#include "upstream/pool.h"

namespace gateway::session {

/// What the sessions of one shard share; all of it outlives them.
struct Services {
  const Options& options;
  BufferPool& buffers;
  Random& random;
  Stats& stats;
  RaisedEvents& raised;                // of the listener's pool, shared with other shards
  std::vector<std::uint8_t>& scratch;  // one opened or sealed message at a time
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

 private:
  enum class Verdict : std::uint8_t { forward, consumed, ended };

  // The straight line.
  void settle(TimePoint now);
  void relay(Side from, TimePoint now);
  bool takes(Side from) const;
  Verdict decide(Side from, const Message& message, TimePoint now);
  Verdict decide_to_server(const Message& message, TimePoint now);
  Verdict decide_to_client(const Message& message, TimePoint now);
  bool seals(Side to, const Message& message);
  void count(Side from, const Message& message, bool sealed);

  // What the gateway answers itself (handshake.cpp).
  Verdict accept_init(const Message& message, TimePoint now);
  Verdict begin_exchange(const Message& message, TimePoint now);
  void grant_exchange(TimePoint now, const crypto::Exchanged& exchanged);
  void refuse_exchange(TimePoint now, ExchangeResult why);
  void answer(TimePoint now, Bytes message);
  void advance_keys(TimePoint now);

  // Reaching the server and how things end (ends.cpp).
  void want_upstream(std::optional<upstream::ServerId> excluded);
  void connect_failed(TimePoint now, End why);
  void check_connect(TimePoint now);
  void carry_ends(TimePoint now);
  void client_ended(TimePoint now);
  void server_ended(TimePoint now);
  void finish(End why, std::uint16_t code);
  void fail(TimePoint now, End why, std::uint8_t code);
  void lose_server(TimePoint now, End why);
  bool ended() const { return record_.end != End::none; }

  Leg& leg(Side side) { return legs_[static_cast<std::size_t>(side)]; }
  const Leg& leg(Side side) const { return legs_[static_cast<std::size_t>(side)]; }
  Leg& downstream() { return leg(Side::downstream); }
  Leg& upstream() { return leg(Side::upstream); }
  const Leg& upstream() const { return leg(Side::upstream); }

  const Services services_;
  std::array<Leg, 2> legs_;
  Confidentiality confidentiality_;
  Record record_;

  // Establishing
  std::uint8_t channels_;
  bool init_relayed_ = false;
  bool initialized_ = false;  // InitResponse relayed
  bool token_ = false;        // Init carried one: keys may come from it
  bool upstream_connected_ = false;
  bool upstream_wanted_ = false;
  std::uint8_t upstream_attempts_ = 0;
  std::optional<upstream::ServerId> excluded_;
  std::optional<upstream::ServerId> server_;
  transport::ServerClock* clock_ = nullptr;
  TimePoint connect_deadline_;
  TimePoint init_deadline_;
  TimePoint clock_deadline_ = never;  // when the server's clock is waited for no longer
  bool clock_overdue_ = false;
  TimePoint first_network_error_{};
  bool network_error_seen_ = false;

  // Key exchange
  std::optional<ExchangeJob> exchange_job_;
  bool exchange_waiting_ = false;  // a job was handed out or waits to be: no client message is taken
  std::uint8_t exchange_channel_ = 0;
  std::uint32_t refusals_ = 0;
};

}  // namespace gateway::session
