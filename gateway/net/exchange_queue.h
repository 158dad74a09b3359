#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <utility>

#include "base/address.h"
#include "base/random.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/key_exchange.h"
#include "net/exchange_rates.h"
#include "net/options.h"
#include "session/session.h"
#include "session/stats.h"

namespace gateway::net {

/// A session for as long as it lives: its slot, and which of the slot's sessions it is.
struct SessionId {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;
  bool operator==(const SessionId&) const = default;
};

/// Key exchanges of one shard, first come first served, but for those of an address over its rate: they step
/// aside for all others. One costs as much as relaying a hundred datagrams, so a login storm waits here while
/// data passes: over the rate an exchange waits, and is refused only after `exchange_wait`.
class ExchangeQueue {
 public:
  using Outcome = Result<crypto::Exchanged, session::ExchangeResult>;
  using Alive = std::function<bool(SessionId)>;
  struct Done {
    SessionId session;
    Outcome outcome;
    TimePoint since{};  // when it was queued
  };

  /// `rates` are shared by all shards. An exchange whose session isn't `alive` any more is forgotten.
  ExchangeQueue(const LimitOptions& limits, ExchangeRates& rates, Random& random, Alive alive)
      : waiting_max_(limits.exchange_queue),
        wait_max_(limits.exchange_wait),
        rates_(rates),
        random_(random),
        alive_(std::move(alive)) {}

  /// From now on so many may wait, and so long. Those that are too many for it wait on.
  void use(std::size_t waiting_max, Duration wait_max) {
    waiting_max_ = waiting_max;
    wait_max_ = wait_max;
  }

  /// Queues one. When the queue is full somebody is to be refused, and comes back: the newest of an address
  /// over its rate if this one isn't, otherwise this one.
  std::optional<SessionId> push(SessionId session, session::ExchangeJob job, const Address& client,
                                TimePoint now);
  /// Runs or refuses one; empty when there is none or the rates say to wait.
  std::optional<Done> next(TimePoint now);
  /// The rates changed: what they were to allow next means nothing any more.
  void rates_changed() { choice_ = {}; }
  /// When next() may have a result.
  TimePoint deadline() const;

  bool empty() const { return waiting_.empty(); }
  std::size_t size() const { return waiting_.size(); }

 private:
  struct Waiting {
    SessionId session;
    ExchangeRates::Source source;
    session::ExchangeJob job;
    TimePoint since{};
  };
  using Place = std::deque<Waiting>::iterator;

  bool within_rate(const Waiting& one, TimePoint now) const { return rates_.next(one.source) <= now; }
  Place choose(TimePoint now);
  std::optional<SessionId> drop_over_rate(TimePoint now);
  Waiting take(const Place& place);

  std::size_t waiting_max_;
  Duration wait_max_;
  ExchangeRates& rates_;
  Random& random_;
  Alive alive_;
  std::deque<Waiting> waiting_;  // as they came
  TimePoint choice_{};           // before then there is none: nobody may run
};

}  // namespace gateway::net
