#include "net/shedding.h"

#include <algorithm>
#include <functional>
#include <map>
#include <tuple>

namespace gateway::net {

std::vector<std::uint32_t> chosen_to_end(std::vector<Holder> sessions, std::size_t bytes,
                                         const Spared& spared) {
  std::map<Address, std::size_t> by_address;
  for (const Holder& one : sessions) by_address[one.address] += one.held;
  std::erase_if(sessions, [&](const Holder& one) {
    return one.held < spared.session && by_address[one.address] < spared.address;
  });
  std::ranges::sort(sessions, std::greater<>(), [&by_address](const Holder& one) {
    return std::tuple(by_address[one.address], one.address, one.held);
  });
  std::vector<std::uint32_t> chosen;
  for (const Holder& one : sessions) {
    chosen.push_back(one.index);
    if (one.held >= bytes) break;
    bytes -= one.held;
  }
  return chosen;
}

}  // namespace gateway::net
