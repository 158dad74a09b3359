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
#include "message/json_units.h"
#include "policy/rewrite.h"
#include "policy/stats.h"
#include "session/capture.h"
#include "session/confidentiality.h"
#include "session/leg.h"
#include "session/message_rate.h"
#include "session/notices.h"
#include "session/options.h"
#include "session/record.h"
#include "session/rewriting.h"
#include "session/stats.h"
#include "transport/reliable_udp.h"
#include "transport/server_clock.h"
#include "upstream/pool.h"

namespace gateway::session {

/// What the sessions of one shard share; all of it outlives them. `policy` and what `rewriting` points to may
/// be other values from one call to the next.
struct Services {
  const Policy& policy;
  std::shared_ptr<const Terms> options;  // of sessions that begin; each keeps the one it began with
  BufferPool& buffers;
  Random& random;
  Stats& stats;
  RaisedEvents& raised;                  // of the listener's pool, shared with other shards
  std::vector<std::uint8_t>& scratch;    // one opened or sealed message at a time
  Notices& notices;                      // of the listener
  const Rewriting* rewriting = nullptr;  // of the listener; none: no message is looked into
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

/// A client on TCP or WebSocket, as its listener hands it over.
struct StreamClient {
  enum class Framing : std::uint8_t { tcp, websocket };
  Framing framing = Framing::tcp;
  bool confidential = false;  // TLS on its way to us
  /// WebSocket: by its sub-protocol. None: JSON, forwarded untouched.
  std::optional<message::Serialization> serialization;
};

/// A key exchange a client asked for: to be run by the shard when there is time.
struct ExchangeJob {
  std::vector<std::uint8_t> client_key;
};

/// One client's connection and its connection to the server: two legs and what passes between them.
///
/// Toward the server it uses the client's own transport. The contract, as for a transport: one call (receive,
/// advance, upstream_…, exchange_done, end), then take take_exchange(), drain next_output() of both sides,
/// then wants_upstream(), and arm a timer for deadline(). When wants_upstream() yields, the old upstream
/// socket (if any) is closed after its output was drained. closed() = both sides drained and over: the
/// session and its sockets can go.
class Session {
 public:
  Session(const Services& services, const transport::Accepted& client, TimePoint now);
  /// On TCP a server is wanted after one whole valid Init, on WebSocket at once: there the upgrade is the
  /// Init.
  Session(const Services& services, const StreamClient& client, TimePoint now);
  ~Session();

  void receive(Side from, TimePoint now, Bytes bytes);
  /// WebSocket: a text message.
  void receive_text(Side from, TimePoint now, Bytes message);
  /// Streams: see transport::Stream::end_of_input().
  void end_of_input(Side from, TimePoint now, transport::CloseReason reason);
  /// WebSocket: a part of a message came.
  void arriving(Side from, TimePoint now);
  /// WebSocket: a ping or pong came, which the driver sees to. A client that sends more of them than it may
  /// send messages ends: its driver can't wait before the next one.
  void control_frame(Side from, TimePoint now);
  /// Streams: false while what comes from `side` couldn't be passed on, so that nothing is to be read there.
  bool wants_input(Side side) const;
  void advance(TimePoint now);
  TimePoint deadline() const;
  /// Writes what leaves next on `side`; 0 = drained.
  std::size_t next_output(Side side, TimePoint now, MutableBytes out);
  /// WebSocket: the same as a message with its own memory; empty = drained.
  std::optional<transport::OutgoingMessage> take_message(Side side, TimePoint now);

  /// True until wants_upstream() yields.
  bool waits_for_upstream() const { return upstream_wanted_ && !ended(); }
  /// Yields once each time a server is wanted.
  std::optional<UpstreamRequest> wants_upstream();
  /// Streams: a socket to `server` is being opened.
  void upstream_connecting(upstream::ServerId server) { server_ = server; }
  /// UDP: the socket to `server` is there; streams: it is connected, and upgraded on WebSocket. `clock` is
  /// that server's and outlives the session.
  void upstream_opened(TimePoint now, upstream::ServerId server, transport::ServerClock& clock);
  /// WebSocket, before upstream_opened(): what the sub-protocol that client and server agreed on means, as in
  /// StreamClient.
  void agreed(std::optional<message::Serialization> serialization);
  /// WebSocket: the server lives and answered the upgrade with this HTTP status.
  void upstream_declined(TimePoint now, std::uint16_t status);
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
  void end(TimePoint now, End why, std::uint16_t code);

  /// From now on what passes is written there too, which outlives the session; nullptr: nowhere.
  void capture(Capture* capture) { capture_ = capture; }

  bool closed() const;
  bool initialized() const { return initialized_; }
  /// What it began with.
  const Terms& options() const { return *services_.options; }
  const Record& record() const { return record_; }
  /// How a side's connection ended, once it has; streams tell it to their peer.
  transport::CloseReason close_reason(Side side) const { return leg(side).transport->close_reason(); }
  bool closed(Side side) const { return leg(side).is(transport::Phase::closed); }
  /// True when a datagram with these belongs to this session.
  bool matches(std::uint16_t peer, std::uint32_t challenge) const;
  /// Bytes queued and held on both legs.
  std::size_t buffered_bytes() const;
  /// Bytes of what both legs keep about channels and messages, beside the pool's buffers.
  std::size_t bookkeeping_bytes() const;

 private:
  enum class Verdict : std::uint8_t { forward, consumed, ended };

  Session(const Services& services, TimePoint now);

  // The straight line.
  void settle(TimePoint now);
  void relay(Side from, TimePoint now);
  bool& unfinished(Side from) { return unfinished_[static_cast<std::size_t>(from)]; }
  bool takes(Side from) const;
  bool client_may_speak() const;
  bool within_rate(TimePoint now);
  void count_empty(Side from, TimePoint now, Bytes message);
  void note_congestion(Side side);
  void output_taken(Side side, TimePoint now);
  Verdict decide(Side from, Message& message, TimePoint now);
  Verdict decide_to_server(Message& message, TimePoint now);
  Verdict decide_to_client(Message& message, TimePoint now);
  bool may_leak_unread(const Message& message) const;
  bool seals(Side to, const Message& message);
  void capture_message(Side from, const Message& message, TimePoint now);
  void capture_verdict(const Message& message, Verdict verdict, bool sealed);
  void count(Side from, const Message& message, bool sealed);

  // Where clients are sent (addresses.cpp).
  bool rewrites() const;
  void rewrite(Message& message);
  void rewrite_units(Message& message);
  std::string rewrite_unit(std::string_view payload);
  bool refuses_address(policy::Rewrite::Outcome outcome, std::string_view unknown);
  void replace_by_refusal(Message& message);
  static void replace(Message& message, Buffer by, std::size_t size);
  void note_authentication(const message::Envelope& request);

  // What the operator's rules demand (rules.cpp). They may take units out of a message in JSON mode.
  Verdict obey_to_server(Message& message, TimePoint now);
  Verdict obey_to_client(Message& message, TimePoint now);
  Verdict obey_units(Side from, Message& message, TimePoint now);
  Verdict obey_unit(Side from, const message::JsonUnit& unit, const Message& message, TimePoint now);
  Verdict obey_unread(Side from, TimePoint now);
  bool contradicts(const message::Envelope& envelope, Bytes message) const;
  Verdict carry_out(const policy::Finding& finding, const Message& message, TimePoint now);
  Verdict give_up(TimePoint now);
  void refuse(const Message& request, TimePoint now);
  void refuse_unit(std::uint8_t operation, const Message& request, TimePoint now);
  MutableBytes scratch(std::size_t bytes);

  // What the gateway answers itself (handshake.cpp).
  void take_init(TimePoint now);
  bool accept_init(const transport::Payload& payload, TimePoint now);
  void relay_init(TimePoint now);
  void set_init_family();
  bool note_token_init(Bytes message);
  Verdict begin_exchange(const Message& message, TimePoint now);
  void grant_exchange(TimePoint now, const crypto::Exchanged& exchanged);
  void refuse_exchange(TimePoint now, ExchangeResult why);
  void answer(TimePoint now, const transport::Payload& payload);
  void advance_keys(TimePoint now);

  // Reaching the server and how things end (ends.cpp).
  void want_upstream(TimePoint now, std::optional<upstream::ServerId> excluded);
  void attach_stream(Side side, transport::Role role, TimePoint now);
  void connect_failed(TimePoint now, End why);
  void check_connect(TimePoint now);
  void connected(TimePoint now);
  void carry_ends(TimePoint now);
  void client_ended(TimePoint now);
  void server_ended(TimePoint now);
  void finish(End why, std::uint16_t code);
  void fail(TimePoint now, End why, std::uint16_t code);
  void fail_client(TimePoint now, End why);
  void lose_server(TimePoint now, End why);
  bool ended() const { return record_.end != End::none; }
  /// A stream before its Init may be anybody's: a browser's, a scanner's, a load balancer's health check.
  bool is_known_client() const { return !stream_ || init_taken_; }

  Leg& leg(Side side) { return legs_[static_cast<std::size_t>(side)]; }
  const Leg& leg(Side side) const { return legs_[static_cast<std::size_t>(side)]; }
  Leg& downstream() { return leg(Side::downstream); }
  Leg& upstream() { return leg(Side::upstream); }
  const Leg& upstream() const { return leg(Side::upstream); }

  const Services services_;
  std::array<Leg, 2> legs_;
  Confidentiality confidentiality_;
  Record record_;
  Capture* capture_ = nullptr;

  // Establishing
  std::optional<StreamClient> stream_;  // none: UDP
  std::uint8_t channels_ = 0;           // UDP: what Connect announced
  Buffer init_;                         // taken, and waiting for the server
  transport::Payload init_payload_;     // what it travels as
  bool init_taken_ = false;
  bool init_relayed_ = false;
  bool first_message_seen_ = false;  // WebSocket: of the client; it may carry a token
  bool initialized_ = false;         // InitResponse relayed
  bool token_ = false;               // Init carried one: keys may come from it
  bool upstream_connected_ = false;
  bool upstream_wanted_ = false;
  std::uint8_t upstream_attempts_ = 0;
  std::optional<upstream::ServerId> excluded_;
  std::optional<upstream::ServerId> server_;
  transport::ServerClock* clock_ = nullptr;
  TimePoint connect_deadline_ = never;
  TimePoint init_deadline_;
  TimePoint clock_deadline_ = never;  // when the server's clock is waited for no longer
  bool clock_overdue_ = false;
  TimePoint first_network_error_{};
  bool network_error_seen_ = false;

  std::array<bool, 2> unfinished_{};  // relay() stopped at its share of a side's messages,
  TimePoint goes_on_at_{};            // and goes on then
  std::array<bool, 2> congested_{};   // streams: more is queued toward a side than it may take on
  MessageRate message_rate_;          // of the client
  MessageRate control_rate_;          // WebSocket: of its pings and pongs
  TimePoint resume_at_ = never;  // streams: a client that was over its rate is read again; never: it is read

  // Key exchange
  std::optional<ExchangeJob> exchange_job_;
  bool exchange_waiting_ = false;  // a job was handed out or waits to be: no client message is taken
  std::uint8_t exchange_channel_ = 0;
  std::uint32_t refusals_ = 0;
};

}  // namespace gateway::session
