#include "net/left_out_log.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace gateway::net {

std::optional<LogLine> LeftOutLog::take(const std::vector<const ShardStats*>& shards) {
  const Ends before = std::exchange(ends_, ends_of(shards));
  std::uint64_t left_out = 0;
  for (const ShardStats* shard : shards) left_out += shard->records_left_out.value();
  if (left_out == told_) return std::nullopt;
  Ends since{};
  std::transform(ends_.begin(), ends_.end(), before.begin(), since.begin(), std::minus<>());
  const auto most = std::max_element(since.begin(), since.end());
  LogLine line("session records left out");
  line.number("count", left_out - std::exchange(told_, left_out));
  if (*most > 0) line.text("mostly", name(static_cast<session::End>(most - since.begin())));
  line.note("more sessions end than log.sessions allows");
  return line;
}

LeftOutLog::Ends LeftOutLog::ends_of(const std::vector<const ShardStats*>& shards) {
  Ends ends{};
  for (const ShardStats* shard : shards) {
    for (const ListenerStats& listener : shard->listeners) {
      for (std::size_t i = 0; i < ends.size(); ++i) ends[i] += listener.session.ended[i].value();
    }
  }
  return ends;
}

}  // namespace gateway::net
