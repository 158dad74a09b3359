#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "net/options.h"
#include "net/stats.h"
#include "upstream/pool.h"

namespace gateway::net {

/// A server as it was chosen: its address may be another one later, and its place another server's.
struct ChosenServer {
  upstream::ServerId id;
  Address address;
  std::uint32_t generation = 0;  // of the place
};

/// One pool as all shards, the prober and the watch over host names share it. Locked, and touched only when
/// a session reaches for a server or leaves it. Says in the log when a server goes down or comes up.
class SharedPool {
 public:
  SharedPool(const PoolOptions& options, TimePoint now);

  const std::string& name() const { return name_; }
  Scheme scheme() const { return scheme_; }
  upstream::HealthOptions health() const;
  PoolReport report() const;

  /// What the operator wants now, of the same name and scheme. A server whose text stays keeps its place, its
  /// health, its counters and its sessions; a named one also the address that was found last. A removed one
  /// gets nothing new, and its place is used again when its last session ended. No probes or names may be
  /// under way.
  void replace(const PoolOptions& wanted, TimePoint now);
  /// The configured servers that are named by host, by id.
  std::vector<std::pair<upstream::ServerId, ServerOptions>> named() const;

  /// See upstream::Pool.
  std::optional<ChosenServer> choose(TimePoint now, std::optional<upstream::ServerId> excluded);
  void opened(const ChosenServer& server);
  void closed(const ChosenServer& server);
  /// As configured; empty when it is no longer.
  std::string text(const ChosenServer& server) const;

  /// The server answered a session's connect.
  void connected(const ChosenServer& server, TimePoint now);
  /// It didn't. `of_server`: false when it may be the client's doing, so that it says nothing of the server.
  void failed(const ChosenServer& server, TimePoint now, bool of_server = true);

  /// A server to be probed now.
  std::optional<ChosenServer> next_probe(TimePoint now);
  TimePoint probe_due() const;
  void probed(const ChosenServer& server, ProbeResult result, TimePoint now);

  Address address(upstream::ServerId id) const;
  /// Its name means another address: sessions go there from now on, and what is known of its health is
  /// forgotten.
  void moved(upstream::ServerId id, const Address& address, TimePoint now);
  /// Its name couldn't be resolved to an address that may be used.
  void resolve_failed(upstream::ServerId id);

 private:
  struct Place {
    ServerOptions options;
    Address address;
    ServerStats stats;
    std::uint32_t generation = 0;  // grows with each server that has it
  };

  // All of these under mutex_.
  void add(const ServerOptions& server, TimePoint now);
  void put(upstream::ServerId id, const ServerOptions& server);
  bool free(upstream::ServerId id) const;
  std::optional<upstream::ServerId> find(const std::string& text) const;
  std::optional<upstream::ServerId> free_place() const;
  /// Null when the place has another server now.
  Place* place_of(const ChosenServer& server);
  ChosenServer chosen(upstream::ServerId id) const;
  void judge(const ChosenServer& server, bool success, TimePoint now);
  void log(upstream::ServerId id, upstream::Change change) const;

  const std::string name_;
  const Scheme scheme_;
  mutable std::mutex mutex_;
  upstream::HealthOptions health_;  // from here on under mutex_
  upstream::Pool pool_;
  std::deque<Place> places_;  // by ServerId
};

}  // namespace gateway::net
