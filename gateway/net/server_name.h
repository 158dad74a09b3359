#pragma once

#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/host.h"
#include "base/time.h"
#include "net/options.h"
#include "net/shared_pool.h"

namespace gateway::net {

/// resolve_host(), or what a test puts in its place.
using Resolve = std::function<Resolved(const std::string& host, std::uint16_t port)>;

/// Why no server of this pool may have these addresses, as the end of a sentence; empty when it may. All of
/// them count: the system may give them in another order next time. The rules are those of the start.
std::string objection_to(const std::vector<Address>& addresses, const ServerOptions& server, Scheme scheme,
                         const std::vector<ListenerOptions>& listeners);

/// The host name of one server, and what it was found to mean.
class ServerName {
 public:
  /// `pool` and `listeners` outlive this; `id` is that of `server`.
  ServerName(SharedPool& pool, upstream::ServerId id, ServerOptions server,
             const std::vector<ListenerOptions>& listeners)
      : pool_(pool), id_(id), server_(std::move(server)), listeners_(listeners) {}

  const std::string& host() const { return server_.host; }
  std::uint16_t port() const { return server_.address.port; }

  /// An answer for host(). The address stays while it is among those of the answer, since many answers come
  /// in a new order each time; otherwise the first is taken for sessions that begin from now on. An answer
  /// that can't be used changes nothing; it is counted, and said in the log when it is not the same as
  /// before.
  void take(const Resolved& answer, TimePoint now);

 private:
  void complain(const std::string& complaint);

  SharedPool& pool_;
  upstream::ServerId id_;
  ServerOptions server_;
  const std::vector<ListenerOptions>& listeners_;
  std::string complaint_;  // the last one; empty while all is well
};

/// The names of all servers that have one.
std::vector<ServerName> names_of(std::deque<SharedPool>& pools,
                                 const std::vector<ListenerOptions>& listeners);

}  // namespace gateway::net
