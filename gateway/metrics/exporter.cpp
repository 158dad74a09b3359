#include "metrics/exporter.h"

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "metrics/families.h"
#include "metrics/names.h"
#include "metrics/process.h"

namespace gateway::metrics {
namespace {

using net::ListenerStats;
using net::PoolStats;
using net::ServerStats;
using net::ShardStats;
using session::DoorStats;
using session::Side;

constexpr std::array<std::string_view, 2> sides = {"downstream", "upstream"};       // by session::Side
constexpr std::array<std::string_view, 2> directions = {"to_server", "to_client"};  // by session::Direction

std::string_view name(net::Rejection rejection) {
  switch (rejection) {
    case net::Rejection::sessions:
      return "sessions";
    case net::Rejection::sessions_per_address:
      return "sessions_per_address";
    case net::Rejection::stopping:
      return "stopping";
    case net::Rejection::draining:
      return "draining";
    case net::Rejection::access:
      return "access";
    case net::Rejection::count_:
      break;
  }
  return "unknown";
}

/// Every value of an enum that ends in count_.
template <class E>
std::vector<E> all_of() {
  std::vector<E> values;
  for (std::size_t i = 0; i < static_cast<std::size_t>(E::count_); ++i) values.push_back(static_cast<E>(i));
  return values;
}

template <class E>
std::size_t index(E value) {
  return static_cast<std::size_t>(value);
}

/// Sums counters over shards, and where a metric has no listener label over listeners too.
class Sums {
 public:
  explicit Sums(const std::vector<const ShardStats*>& shards) : shards_(shards) {}

  template <class Pick>
  std::uint64_t shards(Pick pick) const {
    std::uint64_t sum = 0;
    for (const ShardStats* shard : shards_) sum += pick(*shard);
    return sum;
  }
  std::uint64_t shards(Counter ShardStats::*counter) const {
    return shards([counter](const ShardStats& shard) { return (shard.*counter).value(); });
  }
  template <class Pick>
  std::uint64_t listener(std::size_t listener, Pick pick) const {
    return shards([&](const ShardStats& shard) { return pick(shard.listeners[listener]); });
  }
  template <class Pick>
  std::uint64_t listeners(Pick pick) const {
    return shards([&](const ShardStats& shard) {
      std::uint64_t sum = 0;
      for (const ListenerStats& stats : shard.listeners) sum += pick(stats);
      return sum;
    });
  }
  std::uint64_t sessions(Counter session::Stats::*counter) const {
    return listeners([counter](const ListenerStats& stats) { return (stats.session.*counter).value(); });
  }
  std::uint64_t door(Counter DoorStats::*counter) const {
    return listeners([counter](const ListenerStats& stats) { return (stats.door.*counter).value(); });
  }
  std::uint64_t transport(Side side, Counter transport::Stats::*counter) const {
    return listeners(
        [=](const ListenerStats& stats) { return (stats.session.transport[index(side)].*counter).value(); });
  }
  /// The same over some listeners only.
  std::uint64_t transport(const std::vector<std::size_t>& of, Side side,
                          Counter transport::Stats::*counter) const {
    std::uint64_t sum = 0;
    for (const std::size_t i : of) {
      sum += listener(i, [=](const ListenerStats& stats) {
        return (stats.session.transport[index(side)].*counter).value();
      });
    }
    return sum;
  }
  std::uint64_t pool(std::size_t pool, Counter PoolStats::*counter) const {
    return shards([=](const ShardStats& shard) { return (shard.pools[pool].*counter).value(); });
  }

 private:
  const std::vector<const ShardStats*>& shards_;
};

/// Counters are read one after the other while they change, so the part may for a moment exceed the whole.
std::uint64_t without(std::uint64_t whole, std::uint64_t part) {
  return whole > part ? whole - part : 0;
}

std::vector<std::size_t> listeners_of(net::Scheme scheme, const net::Options& options) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < options.listeners.size(); ++i) {
    if (options.listeners[i].scheme == scheme) found.push_back(i);
  }
  return found;
}

void add_sessions(const net::Options& options, const Sums& sums, Families& out) {
  for (std::size_t i = 0; i < options.listeners.size(); ++i) {
    const std::string& listener = options.listeners[i].name;
    const std::string_view transport = name(options.listeners[i].scheme);
    const std::uint64_t live =
        sums.listener(i, [](const ListenerStats& stats) { return stats.sessions.value(); });
    const std::uint64_t open =
        sums.listener(i, [](const ListenerStats& stats) { return stats.initialized.value(); });
    out.add(sessions, without(live, open),
            {{"listener", listener}, {"transport", transport}, {"state", "opening"}});
    out.add(sessions, open, {{"listener", listener}, {"transport", transport}, {"state", "open"}});
  }
  out.add(sessions_limit, std::uint64_t{options.limits.sessions});
  for (std::size_t i = 0; i < options.listeners.size(); ++i) {
    out.add(sessions_opened,
            sums.listener(i, [](const ListenerStats& stats) { return stats.session.opened.value(); }),
            {{"listener", options.listeners[i].name}, {"transport", name(options.listeners[i].scheme)}});
  }
  for (const session::End end : all_of<session::End>()) {
    if (end == session::End::none) continue;
    out.add(sessions_closed, sums.listeners([end](const ListenerStats& stats) {
      return stats.session.ended[index(end)].value();
    }),
            {{"reason", name(end)}});
  }
  for (std::size_t i = 0; i < options.listeners.size(); ++i) {
    for (const net::Rejection reason : all_of<net::Rejection>()) {
      out.add(
          sessions_rejected,
          sums.listener(i, [=](const ListenerStats& stats) { return stats.rejected[index(reason)].value(); }),
          {{"listener", options.listeners[i].name}, {"reason", name(reason)}});
    }
  }
}

void add_door(const Sums& sums, Families& out) {
  out.add(connects_answered, sums.door(&DoorStats::connects), {{"result", "accepted"}});
  out.add(connects_answered, sums.door(&DoorStats::refused), {{"result", "refused"}});
  const std::uint64_t forgotten = sums.door(&DoorStats::proven_forgotten);
  out.add(proofs, without(sums.door(&DoorStats::proven), forgotten), {{"result", "remembered"}});
  out.add(proofs, forgotten, {{"result", "forgotten"}});
  out.add(region_pings, sums.door(&DoorStats::region_pings), {{"result", "echoed"}});
  out.add(region_pings, sums.door(&DoorStats::region_pings_dropped), {{"result", "dropped"}});
}

void add_stream_handshakes(const net::Options& options, const Sums& sums, Families& out) {
  for (const net::Scheme scheme : {net::Scheme::ws, net::Scheme::wss}) {
    for (const std::size_t i : listeners_of(scheme, options)) {
      for (const net::HandshakeResult result : all_of<net::HandshakeResult>()) {
        out.add(stream_handshakes,
                sums.listener(
                    i, [=](const ListenerStats& stats) { return stats.handshakes[index(result)].value(); }),
                {{"listener", options.listeners[i].name}, {"result", name(result)}});
      }
    }
  }
}

/// What a side received goes one way, what it sent the other. `sum` takes a side and a counter.
template <class Sum>
void add_by_direction(const Metric& metric, Counter transport::Stats::*received,
                      Counter transport::Stats::*sent, const Labels& more, Sum sum, Families& out) {
  for (const Side side : {Side::downstream, Side::upstream}) {
    const auto towards = index(session::direction_from(side));
    Labels labels = {{"direction", directions[towards]}, {"side", sides[index(side)]}};
    labels.insert(labels.end(), more.begin(), more.end());
    out.add(metric, sum(side, received), labels);
    labels[0].second = directions[1 - towards];
    out.add(metric, sum(side, sent), labels);
  }
}

/// By the transports that listeners have; a wss listener's servers count as wss.
void add_bytes(const net::Options& options, const Sums& sums, Families& out) {
  for (const net::Scheme scheme : {net::Scheme::udp, net::Scheme::tcp, net::Scheme::ws, net::Scheme::wss}) {
    const std::vector<std::size_t> of = listeners_of(scheme, options);
    if (of.empty()) continue;
    const auto sum = [&](Side side, Counter transport::Stats::*counter) {
      return sums.transport(of, side, counter);
    };
    add_by_direction(bytes, &transport::Stats::bytes_received, &transport::Stats::bytes_sent,
                     {{"transport", name(scheme)}}, sum, out);
  }
}

void add_messages(const Sums& sums, Families& out) {
  for (std::size_t direction = 0; direction < directions.size(); ++direction) {
    for (std::size_t encrypted = 0; encrypted < 2; ++encrypted) {
      out.add(messages, sums.listeners([=](const ListenerStats& stats) {
        return stats.session.messages[direction][encrypted].value();
      }),
              {{"direction", directions[direction]}, {"encrypted", encrypted == 0 ? "false" : "true"}});
    }
  }
  for (std::size_t direction = 0; direction < directions.size(); ++direction) {
    out.add(message_bytes, sums.listeners([=](const ListenerStats& stats) {
      return stats.session.message_bytes[direction].value();
    }),
            {{"direction", directions[direction]}});
  }
  out.add(opaque_messages, sums.sessions(&session::Stats::opaque_messages));
  out.add(unparsed_messages, sums.sessions(&session::Stats::unparsed_messages));
  out.add(unopened_messages, sums.sessions(&session::Stats::unopened_dropped));
}

void add_dropped(const net::Options& options, const Sums& sums, Families& out) {
  for (const Side side : {Side::downstream, Side::upstream}) {
    for (const transport::Drop reason : all_of<transport::Drop>()) {
      out.add(dropped, sums.listeners([=](const ListenerStats& stats) {
        return stats.session.transport[index(side)].dropped[index(reason)].value();
      }),
              {{"reason", name(reason)}, {"side", sides[index(side)]}});
    }
  }
  out.add(dropped, sums.door(&DoorStats::dropped), {{"reason", "no_session"}, {"side", "downstream"}});
  for (const std::size_t i : listeners_of(net::Scheme::udp, options)) {
    out.add(receive_drops,
            sums.listener(i, [](const ListenerStats& stats) { return stats.receive_drops.value(); }),
            {{"listener", options.listeners[i].name}});
  }
}

void add_traffic(const net::Options& options, const Sums& sums, Families& out) {
  const auto sum = [&](Side side, Counter transport::Stats::*counter) {
    return sums.transport(side, counter);
  };
  add_by_direction(datagrams, &transport::Stats::datagrams_received, &transport::Stats::datagrams_sent, {},
                   sum, out);
  add_bytes(options, sums, out);
  add_messages(sums, out);
  add_dropped(options, sums, out);
}

void add_input_output(const Sums& sums, Families& out) {
  out.add(receive_calls, sums.shards(&ShardStats::receive_calls));
  out.add(receive_datagrams, sums.shards(&ShardStats::receive_datagrams));
  out.add(receive_truncated, sums.shards(&ShardStats::receive_truncated));
  out.add(send_calls, sums.shards(&ShardStats::send_calls));
  out.add(send_datagrams, sums.shards(&ShardStats::send_datagrams));
  out.add(send_dropped, sums.shards(&ShardStats::send_dropped));
  out.add(send_errors, sums.shards(&ShardStats::send_errors));
}

void add_crypto(const Sums& sums, Families& out) {
  for (const session::ExchangeResult result : all_of<session::ExchangeResult>()) {
    out.add(handshakes, sums.listeners([=](const ListenerStats& stats) {
      return stats.session.exchanges[index(result)].value();
    }),
            {{"result", name(result)}});
  }
  out.add(handshakes_in_progress, sums.shards(&ShardStats::exchanges_waiting));
  out.add(sessions_without_clock, sums.sessions(&session::Stats::without_clock));
  out.add(decrypt_failures, sums.sessions(&session::Stats::decrypt_failures));
}

void add_addresses(const Sums& sums, Families& out) {
  for (const session::AddressResult result : all_of<session::AddressResult>()) {
    out.add(address_rewrites, sums.listeners([=](const ListenerStats& stats) {
      return stats.session.addresses[index(result)].value();
    }),
            {{"result", name(result)}});
  }
}

/// A series for each code that a rule names and each outcome that it can have.
void add_policy(const net::Options& options, const Sums& sums, Families& out) {
  for (const policy::Finding& finding : policy::possible_findings(options.session.rules)) {
    const std::string code = policy::code_word(finding);
    out.add(metrics::policy,
            sums.listeners([&](const ListenerStats& stats) { return stats.session.policy.value(finding); }),
            {{"kind", name(finding.kind)}, {"code", code}, {"outcome", name(finding.outcome)}});
  }
}

void add_reliability(const Sums& sums, Families& out) {
  for (const Metric* metric : {&commands_sent, &retransmissions}) {
    const auto counter =
        metric == &commands_sent ? &transport::Stats::commands_sent : &transport::Stats::commands_resent;
    for (const Side side : {Side::downstream, Side::upstream}) {
      out.add(*metric, sums.transport(side, counter), {{"side", sides[index(side)]}});
    }
  }
}

/// Adds one metric for every server there is. `add` takes the server and its labels.
template <class Add>
void for_each_server(const std::vector<net::PoolReport>& pools, Add add) {
  for (const net::PoolReport& pool : pools) {
    for (const net::ServerReport& server : pool.servers) {
      add(server, Labels{{"upstream", pool.name}, {"server", server.text}});
    }
  }
}

Labels with(Labels labels, const char* key, std::string_view value) {
  labels.emplace_back(key, value);
  return labels;
}

void add_servers(const std::vector<net::PoolReport>& pools, Families& out) {
  const auto add = [&](const Metric& metric, Counter ServerStats::*counter) {
    for_each_server(pools, [&](const net::ServerReport& server, const Labels& labels) {
      out.add(metric, (server.stats.*counter).value(), labels);
    });
  };
  add(upstream_up, &ServerStats::up);
  for_each_server(pools, [&](const net::ServerReport& server, const Labels& labels) {
    out.add(upstream_state, std::uint64_t{1}, with(labels, "state", name(server.state)));
  });
  add(upstream_sessions, &ServerStats::sessions);
  for_each_server(pools, [&](const net::ServerReport& server, const Labels& labels) {
    out.add(upstream_connects, server.stats.connected.value(), with(labels, "result", "ok"));
    out.add(upstream_connects, server.stats.connect_failures.value(), with(labels, "result", "failed"));
  });
  for_each_server(pools, [&](const net::ServerReport& server, const Labels& labels) {
    for (const net::ProbeResult result : all_of<net::ProbeResult>()) {
      out.add(upstream_probes, server.stats.probes[index(result)].value(),
              with(labels, "result", name(result)));
    }
  });
  add(upstream_resolve_failures, &ServerStats::resolve_failures);
  add(upstream_address_changes, &ServerStats::address_changes);
}

void add_upstreams(const std::vector<net::PoolReport>& pools, const Sums& sums, Families& out) {
  add_servers(pools, out);
  for (std::size_t i = 0; i < pools.size(); ++i) {
    out.add(upstream_clock_steps, sums.pool(i, &PoolStats::clock_steps), {{"upstream", pools[i].name}});
  }
}

void add_config(const ConfigState& config, Families& out) {
  out.add(config_reloads, config.reloads, {{"result", "ok"}});
  out.add(config_reloads, config.failed_reloads, {{"result", "failed"}});
  out.add(config_last_reload_successful, std::uint64_t{config.last_successful});
  out.add(config_last_reload_success, config.last_success);
  out.add(config_hash, std::uint64_t{1}, {{"hash", config.hash}});
}

void add_process(const Build& build, double started, Families& out) {
  const Process process = read_process();
  out.add(build_info, std::uint64_t{1}, {{"version", build.version}, {"commit", build.commit}});
  out.add(start_time, started);
  out.add(process_cpu, process.cpu_seconds);
  out.add(process_resident_memory, process.resident_bytes);
  out.add(process_open_fds, process.open_descriptors);
  out.add(process_max_fds, process.max_descriptors);
  out.add(process_threads, process.threads);
}

}  // namespace

Exporter::Exporter(std::vector<const net::ShardStats*> shards, Build build, double started)
    : shards_(std::move(shards)), build_(std::move(build)), started_(started) {}

std::string Exporter::text(const Situation& now) const {
  const Sums sums(shards_);
  Families out;
  add_sessions(now.options, sums, out);
  add_door(sums, out);
  add_stream_handshakes(now.options, sums, out);
  add_traffic(now.options, sums, out);
  add_input_output(sums, out);
  add_crypto(sums, out);
  add_addresses(sums, out);
  add_policy(now.options, sums, out);
  add_reliability(sums, out);
  add_upstreams(now.pools, sums, out);
  add_config(now.config, out);
  out.add(draining, std::uint64_t{now.draining});
  add_process(build_, started_, out);
  return out.text();
}

}  // namespace gateway::metrics
