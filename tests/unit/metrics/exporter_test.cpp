#include "metrics/exporter.h"

#include <algorithm>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "metrics/names.h"

namespace gateway::metrics {
namespace {

net::Options options_with(std::size_t links) {
  net::Options options;
  for (std::size_t i = 0; i < links; ++i) {
    net::ListenerOptions listener;
    listener.name = "listener-" + std::to_string(i);
    listener.pool = i;
    options.listeners.push_back(listener);
    const std::string text = "udp://10.0.0." + std::to_string(i) + ":5056";
    options.pools.push_back(
        {.name = "pool-" + std::to_string(i), .servers = {{.address = {}, .text = text}}});
  }
  return options;
}

/// Two shards of the same options and what they export.
struct Fixture {
  explicit Fixture(std::size_t links) : options(options_with(links)), certificates_expire(links) {
    for (net::ShardStats* shard : {&one, &two}) {
      shard->listeners = std::vector<net::ListenerStats>(links);
      shard->pools = std::vector<net::PoolStats>(links);
    }
    for (const net::PoolOptions& pool : options.pools) {
      pools.push_back(
          {.name = pool.name, .probes = true, .servers = {{.text = pool.servers[0].text, .stats = {}}}});
    }
  }

  std::string text() const {
    return write_text({.options = options,
                       .shards = {&one, &two},
                       .pools = pools,
                       .certificates_expire = certificates_expire,
                       .blocked_sources = blocked_sources,
                       .evicted_blocks = evicted_blocks,
                       .build = {.version = "1.2.3", .commit = "abc", .botan = "2.19.3"},
                       .config = config,
                       .started = 1'700'000'000,
                       .ready = ready,
                       .draining = draining,
                       .log_lines_dropped = log_lines_dropped});
  }

  net::Options options;
  net::ShardStats one;
  net::ShardStats two;
  std::vector<net::PoolReport> pools;  // of one server each
  std::vector<std::uint64_t> certificates_expire;
  std::size_t blocked_sources = 0;
  std::uint64_t evicted_blocks = 0;
  ConfigState config{.hash = "0123456789abcdef"};
  bool ready = true;
  bool draining = false;
  std::uint64_t log_lines_dropped = 0;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> series_of(const std::string& text) {
  std::vector<std::string> series;
  for (const std::string& line : lines_of(text)) {
    if (!line.starts_with('#')) series.push_back(line.substr(0, line.rfind(' ')));
  }
  return series;
}

void expect_line(const std::string& text, const std::string& line) {
  EXPECT_THAT(lines_of(text), testing::Contains(line));
}

TEST(Exporter, SumsAMetricOverShards) {
  Fixture fixture(1);
  fixture.one.receive_calls.add(3);
  fixture.two.receive_calls.add(4);
  expect_line(fixture.text(), "photon_gateway_receive_calls_total 7");
}

TEST(Exporter, KeepsListenersApartWhereTheMetricHasTheirLabel) {
  Fixture fixture(2);
  fixture.one.listeners[0].session.opened.add(1);
  fixture.two.listeners[0].session.opened.add(1);
  fixture.two.listeners[1].session.opened.add(5);
  const std::string text = fixture.text();
  expect_line(text, R"(photon_gateway_sessions_opened_total{listener="listener-0",transport="udp"} 2)");
  expect_line(text, R"(photon_gateway_sessions_opened_total{listener="listener-1",transport="udp"} 5)");
}

TEST(Exporter, SumsOverListenersWhereItHasNot) {
  Fixture fixture(2);
  fixture.one.listeners[0].session.decrypt_failures.add(1);
  fixture.two.listeners[1].session.decrypt_failures.add(2);
  expect_line(fixture.text(), "photon_gateway_decrypt_failures_total 3");
}

TEST(Exporter, SplitsLiveSessionsByState) {
  Fixture fixture(1);
  fixture.one.listeners[0].sessions.add(5);
  fixture.one.listeners[0].initialized.add(3);
  const std::string text = fixture.text();
  expect_line(text, R"(photon_gateway_sessions{listener="listener-0",transport="udp",state="opening"} 2)");
  expect_line(text, R"(photon_gateway_sessions{listener="listener-0",transport="udp",state="open"} 3)");
}

TEST(Exporter, NeverGoesBelowZeroWhenAPartIsReadAfterItsWhole) {
  Fixture fixture(1);
  fixture.one.listeners[0].initialized.add(3);
  expect_line(fixture.text(),
              R"(photon_gateway_sessions{listener="listener-0",transport="udp",state="opening"} 0)");
}

TEST(Exporter, TellsDirectionsAndSidesApart) {
  Fixture fixture(1);
  auto& transport = fixture.one.listeners[0].session.transport;
  transport[0].datagrams_received.add(1);
  transport[0].datagrams_sent.add(2);
  transport[1].datagrams_received.add(3);
  transport[1].datagrams_sent.add(4);
  const std::string text = fixture.text();
  expect_line(text, R"(photon_gateway_datagrams_total{direction="to_server",side="downstream"} 1)");
  expect_line(text, R"(photon_gateway_datagrams_total{direction="to_client",side="downstream"} 2)");
  expect_line(text, R"(photon_gateway_datagrams_total{direction="to_client",side="upstream"} 3)");
  expect_line(text, R"(photon_gateway_datagrams_total{direction="to_server",side="upstream"} 4)");
}

TEST(Exporter, LabelsSessionsByTheTransportOfTheirListener) {
  Fixture fixture(4);
  const net::Scheme schemes[] = {net::Scheme::udp, net::Scheme::tcp, net::Scheme::ws, net::Scheme::wss};
  for (std::size_t i = 0; i < 4; ++i) {
    fixture.options.listeners[i].scheme = schemes[i];
    fixture.one.listeners[i].session.opened.add(i);
  }
  const std::string text = fixture.text();
  expect_line(text, R"(photon_gateway_sessions_opened_total{listener="listener-0",transport="udp"} 0)");
  expect_line(text, R"(photon_gateway_sessions_opened_total{listener="listener-1",transport="tcp"} 1)");
  expect_line(text, R"(photon_gateway_sessions_opened_total{listener="listener-2",transport="ws"} 2)");
  expect_line(text, R"(photon_gateway_sessions_opened_total{listener="listener-3",transport="wss"} 3)");
  expect_line(text, R"(photon_gateway_sessions{listener="listener-3",transport="wss",state="open"} 0)");
}

TEST(Exporter, SumsBytesByTheTransportsThereAre) {
  Fixture fixture(4);
  fixture.options.listeners[1].scheme = net::Scheme::tcp;
  fixture.options.listeners[3].scheme = net::Scheme::tcp;
  for (std::size_t i = 0; i < 4; ++i) {
    fixture.one.listeners[i].session.transport[0].bytes_received.add(i);
    fixture.two.listeners[i].session.transport[1].bytes_sent.add(10 * i);
  }
  const std::string text = fixture.text();
  const auto bytes = [&text](const std::string& side, const std::string& transport, int value) {
    expect_line(text, "photon_gateway_bytes_total{direction=\"to_server\",side=\"" + side +
                          "\",transport=\"" + transport + "\"} " + std::to_string(value));
  };
  bytes("downstream", "udp", 2);
  bytes("downstream", "tcp", 4);
  bytes("upstream", "udp", 20);
  bytes("upstream", "tcp", 40);
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("transport=\"ws")));
}

TEST(Exporter, CountsTheWayToASessionOfWebSocketListenersOnly) {
  Fixture fixture(4);
  const net::Scheme schemes[] = {net::Scheme::udp, net::Scheme::tcp, net::Scheme::ws, net::Scheme::wss};
  for (std::size_t i = 0; i < 4; ++i) fixture.options.listeners[i].scheme = schemes[i];
  fixture.one.listeners[2].handshakes[static_cast<std::size_t>(net::HandshakeResult::ok)].add(7);
  fixture.two.listeners[3].handshakes[static_cast<std::size_t>(net::HandshakeResult::upstream)].add(2);
  const std::string text = fixture.text();
  const std::string metric = "photon_gateway_stream_handshakes_total";
  expect_line(text, metric + R"({listener="listener-2",result="ok"} 7)");
  expect_line(text, metric + R"({listener="listener-3",result="upstream"} 2)");
  for (const char* result : {"ok", "timeout", "tls", "request", "upstream", "closed"}) {
    EXPECT_THAT(text, testing::HasSubstr(metric + "{listener=\"listener-3\",result=\"" + result + "\"}"));
  }
  EXPECT_THAT(text, testing::Not(testing::HasSubstr(metric + "{listener=\"listener-0\"")));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr(metric + "{listener=\"listener-1\"")));
}

TEST(Exporter, CountsDatagramsTheKernelDroppedOfUdpListenersOnly) {
  Fixture fixture(2);
  fixture.options.listeners[1].scheme = net::Scheme::ws;
  fixture.one.listeners[0].receive_drops.add(3);
  const std::string text = fixture.text();
  expect_line(text, R"(photon_gateway_socket_receive_drops_total{listener="listener-0"} 3)");
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("receive_drops_total{listener=\"listener-1\"")));
}

TEST(Exporter, LabelsReasonsWithTheWordsOfTheLog) {
  Fixture fixture(1);
  net::ListenerStats& stats = fixture.one.listeners[0];
  stats.session.ended[static_cast<std::size_t>(session::End::server_timeout)].add(1);
  stats.session.transport[1].drop(transport::Drop::duplicate);
  stats.session.exchanges[static_cast<std::size_t>(session::ExchangeResult::bad_key)].add(1);
  stats.rejected[static_cast<std::size_t>(net::Rejection::sessions_per_address)].add(1);
  stats.session.messages[1][1][static_cast<std::size_t>(session::MessageKind::event)].add(6);
  const std::string text = fixture.text();
  expect_line(text, R"(photon_gateway_sessions_closed_total{reason="server_timeout"} 1)");
  expect_line(text, R"(photon_gateway_dropped_total{reason="duplicate",side="upstream"} 1)");
  expect_line(text, R"(photon_gateway_handshakes_total{result="bad_key"} 1)");
  expect_line(
      text,
      R"(photon_gateway_sessions_rejected_total{listener="listener-0",reason="sessions_per_address"} 1)");
  expect_line(text,
              R"(photon_gateway_messages_total{direction="to_client",kind="event",encrypted="true"} 6)");
}

TEST(Exporter, SumsUpMemoryAndShowsItsLimit) {
  Fixture fixture(1);
  fixture.options.limits.memory = 1000;
  fixture.one.memory.set(100);
  fixture.two.memory.set(23);
  fixture.one.listeners[0].rejected[static_cast<std::size_t>(net::Rejection::memory)].add(2);
  fixture.two.listeners[0].session.ended[static_cast<std::size_t>(session::End::memory)].add(3);
  const std::string text = fixture.text();
  expect_line(text, "photon_gateway_memory_used_bytes 123");
  expect_line(text, "photon_gateway_memory_limit_bytes 1000");
  expect_line(text, R"(photon_gateway_sessions_rejected_total{listener="listener-0",reason="memory"} 2)");
  expect_line(text, R"(photon_gateway_sessions_closed_total{reason="memory"} 3)");
}

TEST(Exporter, ShowsMemoryWithoutALimitAsInfinite) {
  Fixture fixture(1);
  fixture.options.limits.memory.reset();
  expect_line(fixture.text(), "photon_gateway_memory_limit_bytes +Inf");
}

TEST(Exporter, CountsClientsThatWereSlowed) {
  Fixture fixture(2);
  fixture.one.listeners[0].session.paused_reads.add(2);
  fixture.two.listeners[1].session.paused_reads.add(3);
  expect_line(fixture.text(), "photon_gateway_paused_reads_total 5");
}

TEST(Exporter, TellsOfRegionPingsAndWhatFloods) {
  Fixture fixture(1);
  fixture.one.listeners[0].door.region_pings.add(1);
  fixture.one.listeners[0].door.region_pings_dropped.add(2);
  fixture.two.listeners[0].door.region_pings_over_share.add(3);
  transport::Stats& downstream = fixture.one.listeners[0].session.of(session::Side::downstream);
  downstream.drop(transport::Drop::command_rate);
  downstream.drop(transport::Drop::acks);
  const std::string text = fixture.text();
  expect_line(text, R"(photon_gateway_region_pings_total{result="echoed"} 1)");
  expect_line(text, R"(photon_gateway_region_pings_total{result="dropped"} 2)");
  expect_line(text, R"(photon_gateway_region_pings_total{result="over_share"} 3)");
  expect_line(text, R"(photon_gateway_dropped_total{reason="command_rate",side="downstream"} 1)");
  expect_line(text, R"(photon_gateway_dropped_total{reason="acks",side="downstream"} 1)");
}

TEST(Exporter, TellsOfBlockedAddresses) {
  Fixture fixture(1);
  fixture.blocked_sources = 3;
  fixture.evicted_blocks = 4;
  fixture.one.blocks.add(1);
  fixture.two.blocks.add(6);
  fixture.one.listeners[0].rejected[static_cast<std::size_t>(net::Rejection::blocked)].add(9);
  const std::string text = fixture.text();
  expect_line(text, "photon_gateway_blocked_sources 3");
  expect_line(text, "photon_gateway_block_evictions_total 4");
  expect_line(text, "photon_gateway_blocks_total 7");
  expect_line(text, R"(photon_gateway_sessions_rejected_total{listener="listener-0",reason="blocked"} 9)");
}

TEST(Exporter, CountsWhatRulesDidByCodeAndOutcome) {
  Fixture fixture(2);
  policy::Rules& rules = fixture.options.session.rules;
  rules.operations = {{.operations = {}, .without_parameter = 221}, {.operations = {}}};
  rules.operations[0].operations.set(230);
  rules.operations[1].operations.set(7).set(230);
  rules.operations[1].otherwise = policy::Refusal::log;
  rules.events = {{.events = {}, .otherwise = policy::Unsealable::drop}};
  rules.events[0].events.set(255);
  using policy::Outcome;
  fixture.one.listeners[0].session.policy.add({policy::Kind::operation, 230, Outcome::reject});
  fixture.two.listeners[1].session.policy.add({policy::Kind::operation, 230, Outcome::reject});
  fixture.one.listeners[0].session.policy.add({policy::Kind::event, 255, Outcome::drop});
  const std::string text = fixture.text();
  std::vector<std::string> lines;
  for (const std::string& line : lines_of(text)) {
    if (line.starts_with("photon_gateway_policy_total{")) lines.push_back(line.substr(line.find('{')));
  }
  EXPECT_EQ(lines, (std::vector<std::string>{
                       R"({kind="operation",code="7",outcome="confidential"} 0)",
                       R"({kind="operation",code="7",outcome="log"} 0)",
                       R"({kind="operation",code="authenticate",outcome="confidential"} 0)",
                       R"({kind="operation",code="authenticate",outcome="reject"} 2)",
                       R"({kind="operation",code="authenticate",outcome="log"} 0)",
                       R"({kind="event",code="join",outcome="confidential"} 0)",
                       R"({kind="event",code="join",outcome="drop"} 1)",
                   }));
}

TEST(Exporter, HasNoSeriesOfRulesWithoutThem) {
  EXPECT_THAT(Fixture(1).text(), testing::Not(testing::HasSubstr("photon_gateway_policy_total")));
}

TEST(Exporter, LabelsUpstreamsAndTheirServersAsConfigured) {
  Fixture fixture(2);
  fixture.pools[1].servers[0].state = upstream::ServerState::draining;
  net::ServerStats& server = fixture.pools[1].servers[0].stats;
  server.up.set(1);
  server.sessions.set(2);
  server.connected.set(3);
  server.connect_failures.set(4);
  server.probes[static_cast<std::size_t>(net::ProbeResult::timeout)].set(5);
  server.resolve_failures.set(6);
  server.address_changes.set(7);
  fixture.two.pools[1].clock_steps.add(8);
  const std::string text = fixture.text();
  const std::string labels = R"({upstream="pool-1",server="udp://10.0.0.1:5056")";
  const std::string name = "photon_gateway_upstream_";
  expect_line(text, name + "up" + labels + "} 1");
  expect_line(text, name + R"(up{upstream="pool-0",server="udp://10.0.0.0:5056"} 0)");
  expect_line(text, name + "state" + labels + ",state=\"draining\"} 1");
  expect_line(text, name + "sessions" + labels + "} 2");
  expect_line(text, name + "connects_total" + labels + ",result=\"ok\"} 3");
  expect_line(text, name + "connects_total" + labels + ",result=\"failed\"} 4");
  expect_line(text, name + "probes_total" + labels + ",result=\"timeout\"} 5");
  expect_line(text, name + "probes_total" + labels + ",result=\"ok\"} 0");
  expect_line(text, name + "resolve_failures_total" + labels + "} 6");
  expect_line(text, name + "address_changes_total" + labels + "} 7");
  expect_line(text, name + R"(clock_steps_total{upstream="pool-1"} 8)");
}

TEST(Exporter, TellsHowTheLastReloadWent) {
  Fixture fixture(1);
  expect_line(fixture.text(), R"(photon_gateway_config_reloads_total{result="failed"} 0)");
  fixture.config = {.reloads = 2,
                    .failed_reloads = 3,
                    .refused_reloads = 4,
                    .last_successful = false,
                    .last_success = 1'700'000'001,
                    .hash = "0123456789abcdef"};
  const std::string text = fixture.text();
  expect_line(text, R"(photon_gateway_config_reloads_total{result="ok"} 2)");
  expect_line(text, R"(photon_gateway_config_reloads_total{result="failed"} 3)");
  expect_line(text, R"(photon_gateway_config_reloads_total{result="refused"} 4)");
  expect_line(text, "photon_gateway_config_last_reload_successful 0");
  expect_line(text, "photon_gateway_config_last_reload_success_timestamp_seconds 1700000001");
  expect_line(text, R"(photon_gateway_config_hash_info{hash="0123456789abcdef"} 1)");
}

TEST(Exporter, TellsWhetherTheGatewayDrains) {
  Fixture fixture(1);
  expect_line(fixture.text(), "photon_gateway_draining 0");
  fixture.draining = true;
  expect_line(fixture.text(), "photon_gateway_draining 1");
}

TEST(Exporter, ShowsEverySeriesAtZeroBeforeAnythingHappened) {
  Fixture idle(2);
  Fixture busy(2);
  for (net::ListenerStats& stats : busy.one.listeners) {
    for (Counter& ended : stats.session.ended) ended.add();
    for (Counter& rejected : stats.rejected) rejected.add();
    stats.session.opened.add();
  }
  EXPECT_EQ(series_of(idle.text()), series_of(busy.text()));
  EXPECT_THAT(idle.text(),
              testing::HasSubstr("photon_gateway_sessions_closed_total{reason=\"replaced\"} 0\n"));
}

TEST(Exporter, WritesEverySeriesOnce) {
  const std::vector<std::string> series = series_of(Fixture(3).text());
  EXPECT_EQ(std::set<std::string>(series.begin(), series.end()).size(), series.size());
}

TEST(Exporter, StaysBelowTwoThousandSeriesWith32ListenersAnd64Servers) {
  Fixture fixture(32);
  for (std::size_t i = 0; i < 32; ++i) {
    fixture.options.pools[i].servers.push_back({.address = {}, .text = "udp://10.0.1.0:5056"});
    fixture.pools[i].servers.push_back({.text = "udp://10.0.1.0:5056", .stats = {}});
  }
  policy::Rules& rules = fixture.options.session.rules;
  rules.operations = {{.operations = {}}};
  for (std::size_t code = 220; code < 256; ++code) rules.operations[0].operations.set(code);
  const std::size_t of_udp = series_of(fixture.text()).size();
  EXPECT_GT(of_udp, 64u * 10);
  EXPECT_LT(of_udp, 2000u);
  for (net::ListenerOptions& listener : fixture.options.listeners) listener.scheme = net::Scheme::wss;
  EXPECT_LT(series_of(fixture.text()).size(), 2000u);
}

TEST(Exporter, NamesNoMetricUnknown) {
  EXPECT_THAT(Fixture(1).text(), testing::Not(testing::HasSubstr("unknown\"")));
}

TEST(Exporter, EndsCountersAndOnlyThoseInTotal) {
  for (const std::string& line : lines_of(Fixture(1).text())) {
    if (!line.starts_with("# TYPE ")) continue;
    EXPECT_EQ(line.ends_with(" counter"), line.find("_total ") != std::string::npos) << line;
  }
}

TEST(Exporter, HasHelpForEveryMetric) {
  const std::vector<std::string> lines = lines_of(Fixture(1).text());
  const auto starting = [&lines](const char* with) {
    return std::count_if(lines.begin(), lines.end(),
                         [with](const std::string& line) { return line.starts_with(with); });
  };
  EXPECT_GT(starting("# HELP "), 30);
  EXPECT_EQ(starting("# HELP "), starting("# TYPE "));
}

/// The name of a series and its labels without their values.
std::string shape_of(const std::string& series) {
  static const std::regex value("=\"(?:[^\"\\\\]|\\\\.)*\"");
  return std::regex_replace(series, value, "");
}

TEST(Exporter, ExportsWhatTheListOfNamesSaysAndNothingElse) {
  Fixture fixture(2);
  fixture.options.listeners[1].scheme = net::Scheme::wss;
  fixture.options.session.rules.events = {{.events = {}, .otherwise = policy::Unsealable::drop}};
  fixture.options.session.rules.events[0].events.set(200);
  std::set<std::string> exported;
  for (const std::string& series : series_of(fixture.text())) exported.insert(shape_of(series));
  std::set<std::string> listed;
  for (const Metric* metric : all) {
    const std::string name = metric->name;
    std::string labels = metric->labels;
    labels.erase(std::remove(labels.begin(), labels.end(), ' '), labels.end());
    const std::string braces = labels.empty() ? "" : "{" + labels + "}";
    if (metric->kind == Kind::histogram) {
      listed.insert(name + "_count" + braces);
      listed.insert(name + "_sum" + braces);
      listed.insert(name + "_bucket{" + (labels.empty() ? "" : labels + ",") + "le}");
    } else {
      listed.insert(name + braces);
    }
  }
  EXPECT_EQ(exported, listed);
}

TEST(Exporter, AddsHistogramsOfShardsUpAndCountsInABucketWhatIsInLowerOnes) {
  Fixture fixture(1);
  fixture.one.forwards[0][1].observe(microseconds(20), 3);
  fixture.two.forwards[0][1].observe(microseconds(40));
  fixture.two.forwards[0][1].observe(seconds(1));
  const std::string text = fixture.text();
  const std::string name = "photon_gateway_forward_duration_seconds";
  const std::string labels = R"({direction="to_server",encrypted="true")";
  expect_line(text, name + "_bucket" + labels + ",le=\"1e-05\"} 0");
  expect_line(text, name + "_bucket" + labels + ",le=\"2.5e-05\"} 3");
  expect_line(text, name + "_bucket" + labels + ",le=\"5e-05\"} 4");
  expect_line(text, name + "_bucket" + labels + ",le=\"0.1\"} 4");
  expect_line(text, name + "_bucket" + labels + ",le=\"+Inf\"} 5");
  expect_line(text, name + "_count" + labels + "} 5");
  expect_line(text, name + "_sum" + labels + "} 1.0001");
}

TEST(Exporter, HasTheHistogramsOfSessionsExchangesRoundTripsAndTheLoop) {
  Fixture fixture(2);
  fixture.one.listeners[0].session_durations.observe(minutes(3));
  fixture.two.listeners[1].session_durations.observe(minutes(3));
  fixture.one.listeners[1].session.transport[1].round_trips.observe(milliseconds(30));
  fixture.two.exchanges.observe(milliseconds(1));
  fixture.two.loop_lag.observe(milliseconds(3));
  const std::string text = fixture.text();
  expect_line(text, R"(photon_gateway_session_duration_seconds_bucket{le="60"} 0)");
  expect_line(text, R"(photon_gateway_session_duration_seconds_bucket{le="300"} 2)");
  expect_line(text, R"(photon_gateway_rtt_seconds_count{side="upstream"} 1)");
  expect_line(text, R"(photon_gateway_rtt_seconds_count{side="downstream"} 0)");
  expect_line(text, R"(photon_gateway_handshake_duration_seconds_bucket{le="0.001"} 1)");
  expect_line(text, R"(photon_gateway_event_loop_lag_seconds_sum 0.003)");
}

TEST(Exporter, TellsWhetherItServesAndWhatItRuns) {
  Fixture fixture(2);
  fixture.options.listeners[1].scheme = net::Scheme::wss;
  fixture.certificates_expire[1] = 1'800'000'000;
  const std::string text = fixture.text();
  expect_line(text, "photon_gateway_ready 1");
  expect_line(text, R"(photon_gateway_config_hash_info{hash="0123456789abcdef"} 1)");
  EXPECT_THAT(text, testing::HasSubstr(
                        "photon_gateway_tls_certificate_not_after_timestamp_seconds{listener=\"listener-1\"} "
                        "1800000000\n"));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("not_after_timestamp_seconds{listener=\"listener-0")));
  fixture.ready = false;
  expect_line(fixture.text(), "photon_gateway_ready 0");
}

TEST(Exporter, EscapesLabels) {
  Fixture fixture(1);
  fixture.options.listeners[0].name = "a\"b\\c\nd";
  EXPECT_THAT(fixture.text(), testing::HasSubstr(R"(listener="a\"b\\c\nd")"));
}

TEST(Exporter, TellsWhatWasBuiltAndWhenItStarted) {
  const std::string text = Fixture(1).text();
  expect_line(text, R"(photon_gateway_build_info{version="1.2.3",commit="abc",botan="2.19.3"} 1)");
  EXPECT_THAT(text, testing::HasSubstr("photon_gateway_start_time_seconds 1700000000\n"));
}

TEST(Exporter, CountsLinesOfTheLogThatWereLost) {
  Fixture fixture(1);
  fixture.log_lines_dropped = 7;
  expect_line(fixture.text(), "photon_gateway_log_lines_dropped_total 7");
  fixture.one.records_left_out.add(2);
  fixture.two.records_left_out.add(3);
  expect_line(fixture.text(), "photon_gateway_log_records_left_out_total 5");
}

TEST(Exporter, CountsFailuresToAcceptOfStreamListenersOnly) {
  Fixture fixture(2);
  fixture.options.listeners[1].scheme = net::Scheme::tcp;
  fixture.one.listeners[1].accept_failures.add(2);
  fixture.two.listeners[1].accept_failures.add(3);
  fixture.two.listeners[1].rejected[static_cast<std::size_t>(net::Rejection::descriptors)].add(4);
  const std::string text = fixture.text();
  expect_line(text, R"(photon_gateway_accept_failures_total{listener="listener-1"} 5)");
  EXPECT_THAT(text, testing::Not(
                        testing::HasSubstr(R"(photon_gateway_accept_failures_total{listener="listener-0")")));
  expect_line(text,
              R"(photon_gateway_sessions_rejected_total{listener="listener-1",reason="descriptors"} 4)");
}

TEST(Exporter, ReadsTheProcessItself) {
  const std::string text = Fixture(1).text();
  for (const char* name :
       {"process_resident_memory_bytes", "process_open_fds", "process_max_fds", "process_threads"}) {
    EXPECT_THAT(text, testing::ContainsRegex(std::string("\n") + name + " [1-9]")) << name;
  }
}

}  // namespace
}  // namespace gateway::metrics
