#include "metrics/status_page.h"

#include <cstdint>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "metrics/sums.h"

namespace gateway::metrics {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr TimePoint start{hours(1000)};

std::string replace_all(const std::string& text, const std::string& pattern, const std::string& by) {
  return std::regex_replace(text, std::regex(pattern), by);
}

/// What stands between the tags, a blank for each gap.
std::string words_of(std::string page) {
  const std::size_t style = page.find("<style>");
  page.erase(style, page.find("</style>") - style);
  return replace_all(replace_all(page, "<[^>]*>", " "), "\\s+", " ");
}

/// The first tag that isn't closed where it must be; empty when all are.
std::string unclosed(const std::string& page) {
  static const std::set<std::string> without_end = {"meta"};
  static const std::regex tag("<(/?)([a-z0-9]+)[^>]*>");
  std::vector<std::string> open;
  for (auto it = std::sregex_iterator(page.begin(), page.end(), tag); it != std::sregex_iterator(); ++it) {
    const std::string word = (*it)[2];
    if (without_end.contains(word)) continue;
    if ((*it)[1].length() == 0) {
      open.push_back(word);
    } else if (open.empty() || open.back() != word) {
      return word;
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : open.back();
}

/// Two shards, a listener of udp and one of wss, and a server behind each.
class StatusPageOf : public testing::Test {
 protected:
  StatusPageOf() {
    options_.listeners.resize(2);
    options_.listeners[0].name = "game";
    options_.listeners[0].text = "udp://0.0.0.0:5056";
    options_.listeners[1].name = "web";
    options_.listeners[1].text = "wss://0.0.0.0:19091";
    options_.listeners[1].scheme = net::Scheme::wss;
    options_.listeners[1].tls.emplace();
    for (net::ShardStats* shard : {&one_, &two_}) {
      shard->listeners = std::vector<net::ListenerStats>(2);
      shard->pools = std::vector<net::PoolStats>(2);
    }
    for (const char* pool : {"game-servers", "web-servers"}) {
      const std::string text = std::string("udp://") + pool + ".internal:5056";
      pools_.push_back({.name = pool, .probes = true, .servers = {{.text = text, .stats = {}}}});
    }
  }

  std::string page(Duration uptime = seconds(17)) {
    return page_.write({.options = options_,
                        .shards = {&one_, &two_},
                        .pools = pools_,
                        .certificates_expire = {0, 1'700'000'000},
                        .blocked_sources = blocked_sources_,
                        .build = {.version = "1.2.3", .commit = "abc", .botan = "2.19.3"},
                        .config = config_,
                        .started = 1'700'000'000,
                        .ready = ready_,
                        .draining = draining_,
                        .log_lines_dropped = log_lines_dropped_},
                       start + uptime);
  }
  std::string words(Duration uptime = seconds(17)) { return words_of(page(uptime)); }

  void relay(session::Direction direction, std::uint64_t count, bool encrypted) {
    session::Stats& stats = two_.listeners[0].session;
    stats.messages[index(direction)][encrypted ? 1 : 0][index(session::MessageKind::event)].add(count);
    stats.message_bytes[index(direction)].add(count * 100);
  }

  net::Options options_;
  net::ShardStats one_;
  net::ShardStats two_;
  std::vector<net::PoolReport> pools_;
  std::size_t blocked_sources_ = 0;
  ConfigState config_{.last_success = 1'700'000'000, .hash = "0123456789abcdef"};
  bool ready_ = true;
  bool draining_ = false;
  std::uint64_t log_lines_dropped_ = 0;
  StatusPage page_{start};
};

TEST_F(StatusPageOf, ClosesEveryTag) {
  one_.listeners[0].session.ended[index(session::End::client_disconnect)].add();
  config_.last_successful = false;
  pools_[0].servers[0].state = upstream::ServerState::draining;
  EXPECT_EQ(unclosed(page()), "");
}

TEST_F(StatusPageOf, FetchesAndRunsNothingAndAsksForItselfAgain) {
  const std::string text = page();
  EXPECT_THAT(text, HasSubstr("<meta http-equiv=\"refresh\" content=\"5\">"));
  for (const char* outside :
       {"<script", "<link", "<img", "<iframe", "src=", "href=", "url(", "@import", "javascript:"})
    EXPECT_THAT(text, Not(HasSubstr(outside)));
}

TEST_F(StatusPageOf, SaysWhetherTheGatewayIsReady) {
  EXPECT_THAT(words(), HasSubstr(" photon-gateway ready "));
  ready_ = false;
  EXPECT_THAT(words(), HasSubstr(" photon-gateway not ready "));
  draining_ = true;
  EXPECT_THAT(words(), HasSubstr(" photon-gateway draining "));
}

TEST_F(StatusPageOf, TellsWhatRunsAndSinceWhen) {
  const std::string text = words(hours(26) + seconds(3));
  EXPECT_THAT(text, HasSubstr(" up for 1 d 2 h 0 min 3 s "));
  EXPECT_THAT(text, HasSubstr(" version 1.2.3, commit abc "));
  EXPECT_THAT(text, HasSubstr(" configuration in effect since 2023-11-14 22:13:20 UTC "));
  EXPECT_THAT(text, HasSubstr(" 0123456789abcdef "));
}

TEST_F(StatusPageOf, SaysHowTheLastReloadWent) {
  EXPECT_THAT(words(), HasSubstr(" last reload none so far "));
  config_.reloads = 1;
  EXPECT_THAT(words(), HasSubstr(" last reload succeeded "));
  config_.last_successful = false;
  EXPECT_THAT(words(), HasSubstr(" last reload not in effect the log says why "));
}

TEST_F(StatusPageOf, HoldsWhatIsUsedAgainstItsLimit) {
  options_.limits.sessions = 20'000;
  options_.limits.memory = 1 << 20;
  options_.limits.exchange_queue = 1000;
  one_.listeners[0].sessions.set(4'000);
  two_.listeners[1].sessions.set(1'000);
  one_.memory.set(1 << 10);
  two_.exchanges_waiting.set(20);
  const std::string text = page();
  EXPECT_THAT(words_of(text), HasSubstr(" Sessions 5,000 / 20,000 "));
  EXPECT_THAT(words_of(text), HasSubstr(" Memory of sessions 1.0 KiB / 1.0 MiB "));
  EXPECT_THAT(words_of(text), HasSubstr(" Key exchanges waiting 20 / 2,000 "));
  EXPECT_THAT(text, HasSubstr("value=\"0.250000\" aria-label=\"Sessions\""));
  EXPECT_THAT(text, HasSubstr("value=\"0.010000\" aria-label=\"Key exchanges waiting\""));
}

TEST_F(StatusPageOf, HasNoBarForMemoryWithoutALimit) {
  options_.limits.memory = std::nullopt;
  const std::string text = page();
  EXPECT_THAT(words_of(text), HasSubstr(" Memory of sessions 0 B, no limit "));
  EXPECT_THAT(text, Not(HasSubstr("aria-label=\"Memory")));
}

TEST_F(StatusPageOf, ShowsTheSessionsOfEachListener) {
  one_.listeners[0].sessions.set(3);
  one_.listeners[0].initialized.set(2);
  two_.listeners[0].sessions.set(1'000);
  two_.listeners[0].initialized.set(1'000);
  two_.listeners[0].session.opened.set(1'234'567);
  const std::string text = words();
  EXPECT_THAT(text, HasSubstr(" game udp://0.0.0.0:5056 1,002 1 1,234,567 "));
  EXPECT_THAT(text, HasSubstr(" web wss://0.0.0.0:19091 certificate until 2023-11-14 0 0 0 "));
}

TEST_F(StatusPageOf, ShowsNoSessionsOpeningWhileCountersAreBehind) {
  one_.listeners[0].sessions.set(1);
  one_.listeners[0].initialized.set(2);
  EXPECT_THAT(words(), HasSubstr(" udp://0.0.0.0:5056 2 0 0 "));
}

TEST_F(StatusPageOf, ShowsEveryServerWithItsState) {
  pools_[0].servers[0].stats.up.set(1);
  pools_[0].servers[0].stats.sessions.set(1'500);
  pools_[1].servers[0].state = upstream::ServerState::draining;
  pools_[1].servers[0].stats.connect_failures.set(7);
  const std::string text = words();
  EXPECT_THAT(text, HasSubstr(" game-servers udp://game-servers.internal:5056 up 1,500 0 "));
  EXPECT_THAT(text, HasSubstr(" web-servers udp://web-servers.internal:5056 down draining 0 7 "));
}

TEST_F(StatusPageOf, CountsWhatWasRelayed) {
  relay(session::Direction::to_server, 3'000, false);
  relay(session::Direction::to_server, 1'096, true);
  relay(session::Direction::to_client, 5, false);
  const std::string text = words();
  EXPECT_THAT(text, HasSubstr(" messages 4,096 5 of them encrypted 1,096 0 bytes 400.0 KiB 500 B "));
}

TEST_F(StatusPageOf, TellsRatesSinceTheStartAtTheFirstLook) {
  relay(session::Direction::to_server, 170, false);
  const std::string text = words(seconds(17));
  EXPECT_THAT(text, HasSubstr(" messages a second 10.0 0 bytes a second 1000 B 0 B "));
  EXPECT_THAT(text, HasSubstr(" A second: on average since the start, 17 s ago. "));
}

TEST_F(StatusPageOf, TellsRatesSinceTheLastLook) {
  relay(session::Direction::to_server, 170, false);
  page(seconds(20));
  relay(session::Direction::to_server, 50, false);
  relay(session::Direction::to_client, 10'000, false);
  const std::string text = words(seconds(25));
  EXPECT_THAT(text, HasSubstr(" messages a second 10.0 2,000 "));
  EXPECT_THAT(text, HasSubstr(" A second: on average since the last look, 5 s ago. "));
}

TEST_F(StatusPageOf, TellsRatesSinceALookBeforeWhenSeveralLook) {
  page(seconds(20));
  relay(session::Direction::to_server, 100, false);
  page(seconds(24));
  page(seconds(24) + milliseconds(500));
  EXPECT_THAT(words(seconds(24) + milliseconds(900)), HasSubstr(" since the last look, 4 s ago. "));
  EXPECT_THAT(words(seconds(25)), HasSubstr(" messages a second 0 0 "));
}

TEST_F(StatusPageOf, HasNoRatesInTheMomentOfTheStart) {
  relay(session::Direction::to_server, 1, false);
  EXPECT_THAT(words(seconds(0)), HasSubstr(" messages a second 0 0 "));
}

TEST_F(StatusPageOf, ShowsOnlyResultsThatHappenedMostFrequentFirst) {
  session::Stats& stats = one_.listeners[0].session;
  stats.exchanges[index(session::ExchangeResult::ok)].set(1'000);
  stats.exchanges[index(session::ExchangeResult::throttled)].set(2'000);
  two_.listeners[1].handshakes[index(net::HandshakeResult::tls)].set(3);
  stats.ended[index(session::End::client_timeout)].set(4);
  two_.listeners[1].rejected[index(net::Rejection::memory)].set(5);
  const std::string text = words();
  EXPECT_THAT(text, HasSubstr(" key exchanges total throttled 2,000 ok 1,000 "));
  EXPECT_THAT(text, HasSubstr(" WebSocket and TLS total tls 3 Ends "));
  EXPECT_THAT(text, HasSubstr(" sessions ended total client_timeout 4 "));
  EXPECT_THAT(text, HasSubstr(" clients turned away total memory 5 "));
  EXPECT_THAT(text, Not(HasSubstr("bad_key")));
}

TEST_F(StatusPageOf, SaysWhereNothingHappened) {
  const std::string text = words();
  EXPECT_THAT(text, HasSubstr(" key exchanges: none so far. WebSocket and TLS: none so far. "));
  EXPECT_THAT(text, HasSubstr(" sessions ended: none so far. clients turned away: none so far. "));
}

TEST_F(StatusPageOf, ShowsBlocksAndLostLinesOfTheLog) {
  blocked_sources_ = 2;
  one_.blocks.set(5);
  log_lines_dropped_ = 1'001;
  EXPECT_THAT(words(),
              HasSubstr(" sources blocked now 2 blocks since the start 5 lines of the log lost 1,001 "));
}

TEST_F(StatusPageOf, EscapesWhatComesFromTheConfiguration) {
  const std::string hostile = R"(<script>alert("1")</script>&')";
  const std::string harmless = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;";
  std::string* const places[] = {&options_.listeners[0].name, &options_.listeners[0].text, &pools_[0].name,
                                 &pools_[0].servers[0].text, &config_.hash};
  for (std::string* place : places) {
    const std::string before = *place;
    *place = hostile;
    const std::string text = page();
    EXPECT_THAT(text, HasSubstr(">" + harmless + "<"));
    EXPECT_THAT(text, Not(HasSubstr("<script")));
    *place = before;
  }
}

}  // namespace
}  // namespace gateway::metrics
