#include "metrics/totals.h"

#include <cstddef>

#include "metrics/sums.h"

namespace gateway::metrics {

Totals totals_of(const Scrape& scrape) {
  const Sums sums(scrape.shards);
  const auto of_all_kinds = [&](std::size_t direction, std::size_t encrypted) {
    return sums.listeners([=](const net::ListenerStats& stats) {
      std::uint64_t sum = 0;
      for (const Counter& kind : stats.session.messages[direction][encrypted]) sum += kind.value();
      return sum;
    });
  };
  Totals totals;
  for (std::size_t direction = 0; direction < 2; ++direction) {
    totals.encrypted[direction] = of_all_kinds(direction, 1);
    totals.relayed[direction] = of_all_kinds(direction, 0) + totals.encrypted[direction];
    totals.volume[direction] = sums.listeners(
        [=](const net::ListenerStats& stats) { return stats.session.message_bytes[direction].value(); });
  }
  return totals;
}

}  // namespace gateway::metrics
