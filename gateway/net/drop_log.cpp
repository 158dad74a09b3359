#include "net/drop_log.h"

#include <array>

namespace gateway::net {

namespace {

bool is_warning(Rejection reason) {
  return reason == Rejection::sessions || reason == Rejection::sessions_per_address ||
         reason == Rejection::memory || reason == Rejection::descriptors || reason == Rejection::backlog;
}

// Those of a client that got no session. Where no server accepted the upgrade there was one.
constexpr std::array lost_handshakes = {HandshakeResult::timeout, HandshakeResult::tls,
                                        HandshakeResult::request, HandshakeResult::closed};

template <class Pick>
std::uint64_t sum(const std::vector<const ShardStats*>& shards, std::size_t listener, Pick pick) {
  std::uint64_t count = 0;
  for (const ShardStats* shard : shards) count += pick(shard->listeners[listener]).value();
  return count;
}

}  // namespace

std::vector<Drop> drops_of(const std::vector<ListenerOptions>& listeners,
                           const std::vector<const ShardStats*>& shards) {
  std::vector<Drop> drops;
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    const auto add = [&](std::string_view reason, bool warning, auto pick) {
      drops.push_back({listeners[i].name, reason, warning, sum(shards, i, pick)});
    };
    for (std::size_t r = 0; r < static_cast<std::size_t>(Rejection::count_); ++r) {
      const auto reason = static_cast<Rejection>(r);
      add(
          name(reason),
          is_warning(reason), [r](const ListenerStats& stats) -> const auto& { return stats.rejected[r]; });
    }
    for (const HandshakeResult result : lost_handshakes) {
      add(
          name(result), false, [result](const ListenerStats& stats) -> const auto& {
            return stats.handshakes[static_cast<std::size_t>(result)];
          });
    }
    add(
        "no_session", false, [](const ListenerStats& stats) -> const auto& { return stats.door.dropped; });
    add(
        "region_ping", false,
        [](const ListenerStats& stats) -> const auto& { return stats.door.region_pings_dropped; });
    add(
        "region_ping_share", false,
        [](const ListenerStats& stats) -> const auto& { return stats.door.region_pings_over_share; });
    add(
        "receive_buffer", true,
        [](const ListenerStats& stats) -> const auto& { return stats.receive_drops; });
  }
  return drops;
}

std::vector<DropLog::Line> DropLog::take(const std::vector<Drop>& drops, TimePoint now, bool last) {
  std::vector<Line> lines;
  told_.resize(drops.size());
  for (std::size_t i = 0; i < drops.size(); ++i) {
    const Drop& drop = drops[i];
    Told& told = told_[i];
    if (told.open && !last && now < told.since + window) continue;
    if (drop.count == told.count) {
      told.open = false;
      continue;
    }
    LogLine line("dropped without a session");
    line.text("listener", drop.listener).text("reason", drop.reason).number("count", drop.count - told.count);
    if (told.open) line.seconds("seconds", now - told.since);
    lines.push_back({drop.warning, std::move(line)});
    told = {.count = drop.count, .since = now, .open = true};
  }
  return lines;
}

}  // namespace gateway::net
