#include "upstream/pool.h"

#include <tuple>

namespace gateway::upstream {

std::optional<ServerId> Pool::choose(TimePoint now, std::optional<ServerId> excluded) const {
  using Rank = std::tuple<bool, bool, std::size_t>;  // excluded, failing, sessions: the smallest wins
  std::optional<ServerId> best;
  Rank best_rank{};
  for (std::size_t index = 0; index < servers_.size(); ++index) {
    const ServerId id{index};
    const Rank rank{excluded == id, now < servers_[index].failing_until, servers_[index].sessions};
    if (best && best_rank <= rank) continue;
    best = id;
    best_rank = rank;
  }
  return best;
}

}  // namespace gateway::upstream
