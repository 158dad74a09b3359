#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "base/address.h"
#include "base/random.h"
#include "net/captures.h"
#include "net/exchange_rates.h"
#include "net/exempt_addresses.h"
#include "net/memory_budget.h"
#include "net/notice_log.h"
#include "net/options.h"
#include "net/recent_addresses.h"
#include "net/shared_pool.h"
#include "net/source_blocks.h"
#include "net/stats.h"
#include "policy/stats.h"
#include "session/raised_events.h"

namespace gateway::net {

/// How many sessions there are, in all and by address (IPv6: by /64). Touched when a session opens or closes
/// and when a Connect asks for one. The limit per address holds only while more than half of all sessions are
/// in use: players behind one translated address are turned away only when they would crowd out others.
class Admission {
 public:
  explicit Admission(const LimitOptions& limits);

  /// Why `address` can't have another session now, if so.
  std::optional<Rejection> check(const Address& address) const;
  void opened(const Address& address);
  void closed(const Address& address);

  /// From now on by these; sessions that live are never ended for it.
  void use(const LimitOptions& limits);
  bool has_session(const Address& address) const;
  /// Any thread may ask.
  bool exempts(const Address& address) const { return exempt_.contains(address); }

  std::size_t sessions() const { return sessions_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::size_t> sessions_max_{0};
  ExemptAddresses exempt_;
  std::atomic<std::size_t> sessions_{0};
  mutable std::mutex mutex_;
  std::size_t per_address_max_ = 0;  // both under mutex_
  std::map<Address, std::size_t> by_address_;
};

/// One session of an address, counted for as long as this lives.
class Admitted {
 public:
  Admitted(Admission& admission, const Address& address) : admission_(&admission), address_(address) {
    admission_->opened(address_);
  }
  Admitted(Admitted&& other) noexcept
      : admission_(std::exchange(other.admission_, nullptr)), address_(other.address_) {}
  Admitted& operator=(Admitted&& other) noexcept {
    std::swap(admission_, other.admission_);
    std::swap(address_, other.address_);
    return *this;
  }
  ~Admitted() {
    if (admission_ != nullptr) admission_->closed(address_);
  }

 private:
  Admission* admission_;
  Address address_;
};

/// What was logged about rules, so that no shard says it again.
class ToldFindings {
 public:
  /// True for the first who asks.
  bool first(std::size_t listener, const policy::Finding& finding);

 private:
  std::mutex mutex_;
  std::set<std::tuple<std::size_t, policy::Kind, std::uint8_t, policy::Outcome>> told_;  // under mutex_
};

/// All that the shards of a process share; owned by the Gateway.
struct Shared {
  Shared(const Options& options, Random& random, TimePoint now);

  /// Other limits from now on.
  void use(const LimitOptions& limits);
  /// Why `client` can't have a session now, if so; whether `access` admits it isn't looked at.
  std::optional<Rejection> rejection_of(const Address& client, TimePoint now) const;

  Admission admission;
  MemoryBudget memory;
  SourceBlocks blocks;
  ExchangeRates exchanges;
  NoticeLog notices;
  ToldFindings told;
  std::vector<session::RaisedEvents> raised;  // by pool
  std::deque<SharedPool> pools;               // by index of Options::pools
  RecentAddresses recent;
  Captures captures;
  std::atomic<bool> draining{false};  // only who was here lately may come
  std::atomic<bool> stopping{false};
};

}  // namespace gateway::net
