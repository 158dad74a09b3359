#include "net/runtime.h"

#include <utility>

namespace gateway::net {

Runtime runtime_of(const Options& options, std::vector<TlsContext> tls) {
  std::vector<bool> ipv6_servers;
  for (const PoolOptions& pool : options.pools) {
    ipv6_servers.push_back(!pool.servers.empty() && !is_ipv4(pool.servers.front().address));
  }
  return {.addresses = options.addresses,
          .unknown_addresses = options.unknown_addresses,
          .ipv6_servers = std::move(ipv6_servers),
          .policy = static_cast<const session::Policy&>(options.session),
          .terms = std::make_shared<const session::Terms>(options.session),
          .access = options.access.lists,
          .exchange_queue = options.limits.exchange_queue,
          .exchange_wait = options.limits.exchange_wait,
          .records = options.records,
          .tls = std::move(tls)};
}

}  // namespace gateway::net
