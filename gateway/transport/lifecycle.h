#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"
#include "transport/options.h"
#include "transport/transport.h"
#include "wire/command.h"

namespace gateway::transport {

/// How one connection begins and ends: its state, the reason of its end, and the Disconnect that is due. It
/// sends nothing itself. Source: README.md, "Pings and silence" and "Ends".
class Lifecycle {
 public:
  Lifecycle(const Options& options, Role role, TimePoint now);

  Phase phase() const;
  CloseReason reason() const { return reason_; }
  /// True while received data commands are taken: only when open.
  bool takes_data() const { return state_ == State::open; }
  /// True while queued messages are kept and, apart from Phase opening, sent.
  bool keeps_data() const {
    return state_ == State::opening || state_ == State::open || state_ == State::flushing;
  }

  /// A valid datagram of this connection came.
  void heard(TimePoint now) { heard_ = now; }
  /// An ack of ours came.
  void acknowledged(TimePoint now) { acknowledged_ = now; }
  /// A ping of the peer came.
  void pinged() { peer_pings_ = true; }
  /// An ack of our ping came: the peer left it to us.
  void ping_acknowledged() { peer_pings_ = false; }
  /// VerifyConnect came.
  void verified(TimePoint now);
  /// See Transport::close().
  void close(TimePoint now, CloseReason reason, Linger linger);
  /// The peer's Disconnect came; the connection is over when its ack, if one is owed, has left.
  void peer_left(TimePoint now, std::uint8_t code, bool owes_ack);
  /// A reliable command stayed unacknowledged for too long.
  void unanswered(TimePoint now);
  /// Nothing is queued or unacknowledged any more: a flush is complete.
  void flushed(TimePoint now);
  /// All acks have left.
  void acks_left();

  /// A Disconnect to send now.
  struct Farewell {
    wire::Flags flags = wire::Flags::reliable;
    std::uint8_t code = wire::reserved_default;
    bool repeated = true;  // until acknowledged; otherwise sent once, and that is the end
  };
  std::optional<Farewell> farewell() const;
  void farewell_sent();
  void farewell_acknowledged();

  /// Fires timeouts.
  void advance(TimePoint now);
  /// When advance() is next wanted.
  TimePoint deadline() const;
  /// When a Ping is due if nothing reliable is under way; `never` unless open.
  TimePoint ping_due() const;

 private:
  enum class State : std::uint8_t {
    opening,        // client role: until VerifyConnect, at most until until_
    open,           // until silence
    flushing,       // what is queued leaves first, at most until until_
    leaving,        // our Disconnect is to be sent
    left,           // it was sent and waits for its ack, at most until until_
    last_word,      // a Disconnect is to be sent once, then closed
    acknowledging,  // the peer's Disconnect is to be acknowledged, then closed
    closed,
  };

  void leave(TimePoint now);
  void say_last_word(TimePoint now, wire::Flags flags);
  void time_out(TimePoint now);
  void end(CloseReason reason);

  const Options& options_;
  Role role_;
  State state_;
  CloseReason reason_;
  wire::Flags last_flags_ = wire::Flags::reliable;
  TimePoint heard_;
  TimePoint acknowledged_;
  TimePoint until_;
  bool peer_pings_ = false;  // by itself, so that we needn't
};

}  // namespace gateway::transport
