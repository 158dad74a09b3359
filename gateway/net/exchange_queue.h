#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/random.h"
#include "base/result.h"
#include "base/ring.h"
#include "base/time.h"
#include "crypto/key_exchange.h"
#include "net/options.h"
#include "net/rate_meter.h"
#include "session/session.h"
#include "session/stats.h"

namespace gateway::net {

/// A session for as long as it lives: its slot, and which of the slot's sessions it is.
struct SessionId {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;
  bool operator==(const SessionId&) const = default;
};

/// Key exchanges of one shard, first come first served. One costs as much as relaying a hundred datagrams, so
/// a login storm waits here while data passes: over the rate an exchange waits, and is refused only after
/// `exchange_wait`.
class ExchangeQueue {
 public:
  using Outcome = Result<crypto::Exchanged, session::ExchangeResult>;
  struct Done {
    SessionId session;
    Outcome outcome;
    TimePoint since{};  // when it was queued
  };

  /// `meter` is shared by all shards.
  ExchangeQueue(const LimitOptions& limits, RateMeter& meter, Random& random)
      : limits_(limits), meter_(meter), random_(random) {}

  /// Queues one; false when the queue is full.
  bool push(SessionId session, session::ExchangeJob job, TimePoint now);
  /// Runs or refuses the first one; empty when there is none or the rate says to wait.
  std::optional<Done> next(TimePoint now);
  /// When next() may have a result.
  TimePoint deadline() const;

  bool empty() const { return waiting_.empty(); }
  std::size_t size() const { return waiting_.size(); }
  SessionId front() const { return waiting_.front().session; }
  /// Forgets the first one: its session is gone.
  void drop_front() { waiting_.pop_front(); }

 private:
  struct Waiting {
    SessionId session;
    session::ExchangeJob job;
    TimePoint since{};
  };

  LimitOptions limits_;
  RateMeter& meter_;
  Random& random_;
  Ring<Waiting> waiting_;
};

}  // namespace gateway::net
