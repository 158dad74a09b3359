// Cryptography and policy: key exchanges, what could not be opened, what rules did.
#include <string>

#include "metrics/groups.h"
#include "metrics/names.h"
#include "metrics/sums.h"
#include "policy/stats.h"

namespace gateway::metrics {
namespace {

using net::ListenerStats;
using net::ShardStats;

void add_crypto(const Sums& sums, Families& out) {
  for (const session::ExchangeResult result : all_of<session::ExchangeResult>()) {
    out.add(handshakes, sums.listeners([=](const ListenerStats& stats) {
      return stats.session.exchanges[index(result)].value();
    }),
            {{"result", name(result)}});
  }
  out.add(handshakes_in_progress, sums.shards(&ShardStats::exchanges_waiting));
  out.add(handshake_duration,
          sums.shard_histograms([](const ShardStats& stats) -> const auto& { return stats.exchanges; }));
  out.add(sessions_without_clock, sums.sessions(&session::Stats::without_clock));
  out.add(decrypt_failures, sums.sessions(&session::Stats::decrypt_failures));
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

}  // namespace

void add_crypto_families(const Scrape& scrape, Families& out) {
  const Sums sums(scrape.shards);
  add_crypto(sums, out);
  add_policy(scrape.options, sums, out);
}

}  // namespace gateway::metrics
