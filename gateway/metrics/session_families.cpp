// Sessions: how many there are, how they come and go.
#include <limits>
#include <optional>

#include "metrics/groups.h"
#include "metrics/names.h"
#include "metrics/sums.h"

namespace gateway::metrics {

namespace {

using net::ListenerStats;
using net::ShardStats;
using session::DoorStats;

/// Counters are read one after the other while they change, so the part may for a moment exceed the whole.
std::uint64_t without(std::uint64_t whole, std::uint64_t part) {
  return whole > part ? whole - part : 0;
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
  out.add(session_duration, sums.listener_histograms([](const ListenerStats& stats) -> const auto& {
    return stats.session_durations;
  }));
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

void add_memory(const net::Options& options, const Sums& sums, Families& out) {
  const std::optional<std::size_t>& limit = options.limits.memory;
  out.add(memory_used, sums.shards(&ShardStats::memory));
  out.add(memory_limit, limit ? static_cast<double>(*limit) : std::numeric_limits<double>::infinity());
}

void add_blocks(const Scrape& scrape, const Sums& sums, Families& out) {
  out.add(blocked_sources, std::uint64_t{scrape.blocked_sources});
  out.add(blocks, sums.shards(&ShardStats::blocks));
  out.add(block_evictions, scrape.evicted_blocks);
}

void add_accepts(const net::Options& options, const Sums& sums, Families& out) {
  for (std::size_t i = 0; i < options.listeners.size(); ++i) {
    if (!net::is_stream(options.listeners[i].scheme)) continue;
    out.add(accept_failures,
            sums.listener(i, [](const ListenerStats& stats) { return stats.accept_failures.value(); }),
            {{"listener", options.listeners[i].name}});
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
  out.add(region_pings, sums.door(&DoorStats::region_pings_over_share), {{"result", "over_share"}});
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

}  // namespace

void add_session_families(const Scrape& scrape, Families& out) {
  const Sums sums(scrape.shards);
  add_sessions(scrape.options, sums, out);
  add_memory(scrape.options, sums, out);
  add_blocks(scrape, sums, out);
  add_accepts(scrape.options, sums, out);
  add_door(sums, out);
  add_stream_handshakes(scrape.options, sums, out);
}

}  // namespace gateway::metrics
