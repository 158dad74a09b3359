// Traffic: datagrams, bytes, messages, what was dropped, system calls, reliability and latency.
#include <array>
#include <string_view>

#include "metrics/groups.h"
#include "metrics/names.h"
#include "metrics/sums.h"

namespace gateway::metrics {
namespace {

using net::ListenerStats;
using net::ShardStats;
using session::DoorStats;
using session::Side;

constexpr std::array<std::string_view, 2> sides = {"downstream", "upstream"};       // by session::Side
constexpr std::array<std::string_view, 2> directions = {"to_server", "to_client"};  // by session::Direction

std::string_view word(std::size_t encrypted) {
  return encrypted == 0 ? "false" : "true";
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
    for (const session::MessageKind kind : all_of<session::MessageKind>()) {
      for (std::size_t encrypted = 0; encrypted < 2; ++encrypted) {
        out.add(messages, sums.listeners([=](const ListenerStats& stats) {
          return stats.session.messages[direction][encrypted][index(kind)].value();
        }),
                {{"direction", directions[direction]}, {"kind", name(kind)}, {"encrypted", word(encrypted)}});
      }
    }
  }
  for (std::size_t direction = 0; direction < directions.size(); ++direction) {
    out.add(message_bytes, sums.listeners([=](const ListenerStats& stats) {
      return stats.session.message_bytes[direction].value();
    }),
            {{"direction", directions[direction]}});
  }
  out.add(opaque_messages, sums.sessions(&session::Stats::opaque_messages));
  out.add(paused_reads, sums.sessions(&session::Stats::paused_reads));
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

void add_links(const net::Options& options, const Sums& sums, Families& out) {
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

void add_addresses(const Sums& sums, Families& out) {
  for (const session::AddressResult result : all_of<session::AddressResult>()) {
    out.add(address_rewrites, sums.listeners([=](const ListenerStats& stats) {
      return stats.session.addresses[index(result)].value();
    }),
            {{"result", name(result)}});
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

void add_round_trips(const Sums& sums, Families& out) {
  for (const Side side : {Side::downstream, Side::upstream}) {
    out.add(rtt, sums.listener_histograms([=](const ListenerStats& stats) -> const auto& {
      return stats.session.transport[index(side)].round_trips;
    }),
            {{"side", sides[index(side)]}});
  }
}

void add_latency(const Sums& sums, Families& out) {
  for (std::size_t direction = 0; direction < directions.size(); ++direction) {
    for (std::size_t encrypted = 0; encrypted < 2; ++encrypted) {
      out.add(forward_duration, sums.shard_histograms([=](const ShardStats& stats) -> const auto& {
        return stats.forwards[direction][encrypted];
      }),
              {{"direction", directions[direction]}, {"encrypted", word(encrypted)}});
    }
  }
  out.add(loop_lag,
          sums.shard_histograms([](const ShardStats& stats) -> const auto& { return stats.loop_lag; }));
}

}  // namespace

void add_traffic_families(const Scrape& scrape, Families& out) {
  const Sums sums(scrape.shards);
  add_links(scrape.options, sums, out);
  add_input_output(sums, out);
  add_addresses(sums, out);
  add_reliability(sums, out);
  add_round_trips(sums, out);
  add_latency(sums, out);
}

}  // namespace gateway::metrics
