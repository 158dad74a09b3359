#pragma once

#include <cstdint>
#include <deque>

#include "base/address.h"
#include "base/random.h"
#include "crypto/keyed_hash.h"
#include "net/exempt_addresses.h"
#include "net/options.h"
#include "net/rate_meter.h"

namespace gateway::net {

/// How many key exchanges may run a second, of all shards together, and how one address (limit_key) is kept
/// from taking them all: what is over its own rate may only use the lower half of the whole one, and only
/// when nobody within his rate waits. While less than half is used nothing else depends on the address, so
/// players behind a translated one are held back only when they would crowd out others. Thread-safe; the
/// rates are without a lock.
class ExchangeRates {
 public:
  /// Whom an exchange counts for. A few addresses share one of the meters; which ones nobody can know.
  using Source = std::uint32_t;

  ExchangeRates(const LimitOptions& limits, Random& random);

  /// From now on by these; what was taken counts on.
  void use(const LimitOptions& limits);

  Source source_of(const Address& client) const;

  /// When any may run again, at the earliest.
  TimePoint next() const { return all_.next(); }
  /// When one of this source may that is within its rate; exempt ones always are.
  TimePoint next(Source source) const { return source == exempt ? TimePoint{} : sources_[source].next(); }
  /// When one may that isn't.
  TimePoint next_over_rate() const { return lower_half_.next(); }

  /// Counts one of this source; false when all that may run have.
  bool take(Source source, TimePoint now);

 private:
  static constexpr Source exempt = ~Source{0};

  RateMeter all_;
  RateMeter lower_half_;
  std::deque<RateMeter> sources_;
  ExemptAddresses exempt_;
  crypto::KeyedHash hash_;
};

}  // namespace gateway::net
