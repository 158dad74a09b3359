#include "net/shedding.h"

#include <algorithm>
#include <functional>
#include <tuple>

namespace gateway::net {

namespace {

// Sorted instead of looked up in a map: there may be tens of thousands.
void count_together(std::vector<Holder>& sessions) {
  std::ranges::sort(sessions, {}, &Holder::address);
  for (auto first = sessions.begin(); first != sessions.end();) {
    const auto end =
        std::find_if(first, sessions.end(), [&](const Holder& one) { return one.address != first->address; });
    std::size_t together = 0;
    for (auto one = first; one != end; ++one) together += one->held;
    for (; first != end; ++first) first->together = first->alone ? first->held : together;
  }
}

}  // namespace

std::vector<std::uint32_t> chosen_to_end(std::vector<Holder> sessions, std::size_t bytes,
                                         const Spared& spared) {
  count_together(sessions);
  std::erase_if(sessions, [&](const Holder& one) {
    return one.queued < spared.queued && (one.alone || one.together < spared.together);
  });
  std::ranges::sort(sessions, std::greater<>(),
                    [](const Holder& one) { return std::tuple(one.together, one.address, one.held); });
  std::vector<std::uint32_t> chosen;
  for (const Holder& one : sessions) {
    chosen.push_back(one.index);
    if (one.held >= bytes) break;
    bytes -= one.held;
  }
  return chosen;
}

}  // namespace gateway::net
