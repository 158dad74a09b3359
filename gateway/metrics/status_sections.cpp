// Sections of the status page. Words of results and reasons are those of the log and of the metrics' labels.
#include "metrics/status_sections.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "metrics/groups.h"
#include "metrics/quantities.h"
#include "metrics/sums.h"

namespace gateway::metrics {
namespace {

using net::ListenerStats;
using net::ShardStats;

/// A number for each word of an enum.
using Counts = std::vector<std::pair<std::string_view, std::uint64_t>>;

/// `pick` takes a listener's stats and a value of the enum.
template <class E, class Pick>
Counts counts_of(const Sums& sums, Pick pick) {
  Counts counts;
  for (const E value : all_of<E>()) {
    counts.emplace_back(name(value),
                        sums.listeners([&](const ListenerStats& stats) { return pick(stats, value); }));
  }
  return counts;
}

/// What happened, the most frequent first; nothing of the rest.
Counts without_zeros(Counts counts) {
  std::erase_if(counts, [](const auto& entry) { return entry.second == 0; });
  std::stable_sort(counts.begin(), counts.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return counts;
}

void add_counts(std::string_view heading, const Counts& all_counts, Html& out) {
  const Counts counts = without_zeros(all_counts);
  if (counts.empty()) {
    out.element("p class=\"note\"", std::string(heading) += ": none so far.");
    return;
  }
  out.begin_table({heading, "total"});
  for (const auto& [word, count] : counts) out.row(word, {grouped(count)});
  out.end_table();
}

/// One limit: its name, how much of it is used, and a bar.
void add_limit(std::string_view what, double used, double limit, std::string_view numbers, Html& out) {
  const double part = limit > 0 ? std::clamp(used / limit, 0.0, 1.0) : 0;
  out.markup("<div>");
  out.element("dt", what);
  out.element("dd", numbers);
  out.markup("<dd class=\"bar\"><meter min=\"0\" max=\"1\" low=\"0.75\" high=\"0.9\" optimum=\"0\" value=\"");
  out.text(std::to_string(part));
  out.markup("\" aria-label=\"");
  out.text(what);
  out.markup("\"></meter></dd></div>\n");
}

void add_counted_limit(std::string_view what, std::uint64_t used, std::uint64_t limit, Html& out) {
  std::string numbers = grouped(used);
  numbers += " / ";
  numbers += grouped(limit);
  add_limit(what, static_cast<double>(used), static_cast<double>(limit), numbers, out);
}

void add_memory_limit(const Scrape& scrape, std::uint64_t used, Html& out) {
  const auto size = static_cast<double>(used);
  std::string numbers = bytes_text(size);
  if (!scrape.options.limits.memory) {
    out.markup("<div>");
    out.element("dt", "Memory of sessions");
    out.element("dd", numbers += ", no limit");
    out.markup("</div>\n");
    return;
  }
  const auto limit = static_cast<double>(*scrape.options.limits.memory);
  numbers += " / ";
  numbers += bytes_text(limit);
  add_limit("Memory of sessions", size, limit, numbers, out);
}

/// What a listener is: its name, and below it the address, which says the transport, and until when its
/// certificate holds.
void add_listener_head(const Scrape& scrape, std::size_t i, Html& out) {
  const net::ListenerOptions& listener = scrape.options.listeners[i];
  out.markup("<th scope=\"row\">");
  out.text(listener.name);
  out.element("small", listener.text);
  if (listener.tls) {
    std::string words = "certificate until ";
    words += time_text(static_cast<double>(scrape.certificates_expire[i])).substr(0, 10);
    out.element("small", words);
  }
  out.markup("</th>");
}

void add_server(const net::PoolReport& pool, const net::ServerReport& server, Html& out) {
  const bool up = server.stats.up.value() != 0;
  const bool active = server.state == upstream::ServerState::active;
  out.markup("<tr><th scope=\"row\">");
  out.text(pool.name);
  out.element("small", server.text);
  out.markup("</th><td>");
  out.element(up ? "span class=\"good\"" : "span class=\"bad\"", up ? "up" : "down");
  if (!active) {
    out.markup(" ");
    out.element("span class=\"warn\"", name(server.state));
  }
  out.markup("</td>");
  out.element("td", grouped(server.stats.sessions.value()));
  out.element("td", grouped(server.stats.connect_failures.value()));
  out.markup("</tr>\n");
}

using ByDirection = std::array<std::uint64_t, 2>;

/// By how much each grew, a second.
std::array<double, 2> rates(const ByDirection& now, const ByDirection& before, Duration since) {
  const double length = std::chrono::duration<double>(since).count();
  std::array<double, 2> rates{};
  for (std::size_t i = 0; i < rates.size(); ++i) {
    const std::uint64_t more = now[i] > before[i] ? now[i] - before[i] : 0;
    if (length > 0) rates[i] = static_cast<double>(more) / length;
  }
  return rates;
}

void add_troubling(std::string_view what, std::uint64_t count, Html& out) {
  out.markup("<tr>");
  out.element("th scope=\"row\"", what);
  out.markup("<td>");
  if (count == 0) {
    out.text("0");
  } else {
    out.element("span class=\"warn\"", grouped(count));
  }
  out.markup("</td></tr>\n");
}

void add_losses(const Scrape& scrape, const Sums& sums, Html& out) {
  out.markup("<table><tbody>\n");
  add_troubling("sources blocked now", scrape.blocked_sources, out);
  add_troubling("blocks since the start", sums.shards(&ShardStats::blocks), out);
  add_troubling("lines of the log lost", scrape.log_lines_dropped, out);
  out.end_table();
}

}  // namespace

void add_limits(const Scrape& scrape, Html& out) {
  const Sums sums(scrape.shards);
  const net::LimitOptions& limits = scrape.options.limits;
  const std::uint64_t live =
      sums.listeners([](const ListenerStats& stats) { return stats.sessions.value(); });
  out.begin_section("Limits and losses");
  out.markup("<dl class=\"limits\">\n");
  add_counted_limit("Sessions", live, limits.sessions, out);
  add_memory_limit(scrape, sums.shards(&ShardStats::memory), out);
  add_counted_limit("Key exchanges waiting", sums.shards(&ShardStats::exchanges_waiting),
                    limits.exchange_queue * scrape.shards.size(), out);
  out.markup("</dl>\n");
  add_losses(scrape, sums, out);
  out.end_section();
}

void add_listeners(const Scrape& scrape, Html& out) {
  const Sums sums(scrape.shards);
  out.begin_section("Sessions");
  out.begin_table({"listener", "open", "opening", "total"});
  for (std::size_t i = 0; i < scrape.options.listeners.size(); ++i) {
    const auto sum = [&](auto pick) { return sums.listener(i, pick); };
    const std::uint64_t live = sum([](const ListenerStats& stats) { return stats.sessions.value(); });
    const std::uint64_t open = sum([](const ListenerStats& stats) { return stats.initialized.value(); });
    out.markup("<tr>");
    add_listener_head(scrape, i, out);
    out.element("td", grouped(open));
    out.element("td", grouped(live > open ? live - open : 0));  // they change while they are read
    out.element("td", grouped(sum([](const ListenerStats& stats) { return stats.session.opened.value(); })));
    out.markup("</tr>\n");
  }
  out.end_table();
  out.end_section();
}

void add_upstreams(const Scrape& scrape, Html& out) {
  out.begin_section("Servers");
  out.begin_table({"upstream", "state", "sessions", "failed connects"});
  for (const net::PoolReport& pool : scrape.pools) {
    for (const net::ServerReport& server : pool.servers) add_server(pool, server, out);
  }
  out.end_table();
  out.end_section();
}

void add_traffic(const Progress& progress, Html& out) {
  const Totals& now = progress.now;
  const auto message_rates = rates(now.relayed, progress.before.relayed, progress.since);
  const auto byte_rates = rates(now.volume, progress.before.volume, progress.since);
  const auto size = [&](std::size_t i) { return bytes_text(static_cast<double>(now.volume[i])); };
  out.begin_section("Traffic");
  out.begin_table({"relayed", "to\u00a0servers", "to\u00a0clients"});
  out.row("messages", {grouped(now.relayed[0]), grouped(now.relayed[1])});
  out.row("of them encrypted", {grouped(now.encrypted[0]), grouped(now.encrypted[1])});
  out.row("bytes", {size(0), size(1)});
  out.row("messages a second", {rate_text(message_rates[0]), rate_text(message_rates[1])});
  out.row("bytes a second", {bytes_text(byte_rates[0]), bytes_text(byte_rates[1])});
  out.end_table();
  std::string note = progress.from_start ? "A second: on average since the start, "
                                         : "A second: on average since the last look, ";
  note += span_text(progress.since);
  out.element("p class=\"note\"", note += " ago. Encrypted: on the clients' link.");
  out.end_section();
}

void add_exchanges(const Scrape& scrape, Html& out) {
  const Sums sums(scrape.shards);
  out.begin_section("Handshakes");
  add_counts("key exchanges",
             counts_of<session::ExchangeResult>(sums,
                                                [](const ListenerStats& stats, auto value) {
                                                  return stats.session.exchanges[index(value)].value();
                                                }),
             out);
  add_counts("WebSocket and TLS",
             counts_of<net::HandshakeResult>(sums,
                                             [](const ListenerStats& stats, auto value) {
                                               return stats.handshakes[index(value)].value();
                                             }),
             out);
  out.end_section();
}

void add_ends(const Scrape& scrape, Html& out) {
  const Sums sums(scrape.shards);
  out.begin_section("Ends and refusals");
  add_counts("sessions ended",
             counts_of<session::End>(sums,
                                     [](const ListenerStats& stats, auto value) {
                                       return value == session::End::none
                                                  ? 0
                                                  : stats.session.ended[index(value)].value();
                                     }),
             out);
  add_counts("clients turned away",
             counts_of<net::Rejection>(sums, [](const ListenerStats& stats,
                                                auto value) { return stats.rejected[index(value)].value(); }),
             out);
  out.end_section();
}

}  // namespace gateway::metrics
