#include "net/exchange_rates.h"

#include "net/address.h"

namespace gateway::net {

namespace {

constexpr std::size_t sources_max = 4096;  // 96 KiB; an address shares its meter with a flooder once in 4096

}  // namespace

ExchangeRates::ExchangeRates(const LimitOptions& limits, Random& random)
    : all_(limits.exchanges_per_second),
      lower_half_(limits.exchanges_per_second / 2),
      exempt_(limits.exempt),
      hash_(random) {
  for (std::size_t i = 0; i < sources_max; ++i) sources_.emplace_back(limits.exchanges_per_address);
}

void ExchangeRates::use(const LimitOptions& limits) {
  all_.use(limits.exchanges_per_second);
  lower_half_.use(limits.exchanges_per_second / 2);
  for (RateMeter& source : sources_) source.use(limits.exchanges_per_address);
  exempt_.use(limits.exempt);
}

ExchangeRates::Source ExchangeRates::source_of(const Address& client) const {
  if (exempt_.contains(client)) return exempt;
  return static_cast<Source>(hash_(limit_key(client).ip) % sources_max);
}

bool ExchangeRates::take(Source source, TimePoint now) {
  if (!all_.take(now)) return false;
  lower_half_.take(now);  // full ones stay full
  if (source != exempt) sources_[source].take(now);
  return true;
}

}  // namespace gateway::net
