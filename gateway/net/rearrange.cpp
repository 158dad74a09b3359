#include "net/rearrange.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace gateway::net {

namespace {

template <class Entry>
const Entry& named(const std::vector<Entry>& entries, const std::string& name, const std::string& what) {
  const auto found =
      std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.name == name; });
  if (found == entries.end()) {
    throw std::runtime_error(what + " \"" + name + "\" is missing; taking it out needs a restart");
  }
  return *found;
}

void check_same(bool same, const std::string& what) {
  if (!same) throw std::runtime_error(what + " changed, which needs a restart");
}

}  // namespace

Options rearranged(const Options& running, Options wanted) {
  check_same(wanted.threads == running.threads, "the number of threads");
  check_same(wanted.limits.memory == running.limits.memory, "limits.memory");
  check_same(wanted.door == running.door, "limits.half_open or limits.region_pings");
  check_same(wanted.listeners.size() == running.listeners.size(), "the set of listeners");
  check_same(wanted.pools.size() == running.pools.size(), "the set of upstreams");
  Options result = wanted;
  for (std::size_t i = 0; i < running.pools.size(); ++i) {
    const PoolOptions& before = running.pools[i];
    result.pools[i] = named(wanted.pools, before.name, "upstream");
    check_same(result.pools[i].scheme == before.scheme, "the transport of upstream \"" + before.name + "\"");
  }
  for (std::size_t i = 0; i < running.listeners.size(); ++i) {
    const ListenerOptions& before = running.listeners[i];
    ListenerOptions& listener = result.listeners[i] = named(wanted.listeners, before.name, "listener");
    const bool same = listener.address == before.address && listener.scheme == before.scheme &&
                      wanted.pools[listener.pool].name == running.pools[before.pool].name;
    check_same(same, "listener \"" + before.name + "\"");
    listener.pool = before.pool;
  }
  return result;
}

}  // namespace gateway::net
