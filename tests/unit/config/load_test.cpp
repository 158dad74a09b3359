#include "config/load.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gateway::config {
namespace {

const std::string head = R"(version: 1
listeners:
  - { name: master, listen: "udp://0.0.0.0:5055", upstream: master }
upstreams:
  master: { servers: ["udp://127.0.0.1:15055"] }
)";

Config load(const std::string& more = {}) {
  return load_text(head + more, "test.yaml");
}

std::string example(const std::string& file) {
  return std::string(GATEWAY_SOURCE_DIR) + "/config/" + file;
}

TEST(Load, ReadsTheSmallestExample) {
  const Config config = load_file(example("minimal.yaml"));
  ASSERT_EQ(config.net.listeners.size(), 1u);
  EXPECT_EQ(config.net.listeners[0].name, "master");
  EXPECT_EQ(config.net.listeners[0].text, "udp://0.0.0.0:5055");
  EXPECT_EQ(config.net.listeners[0].address.port, 5055);
  ASSERT_EQ(config.net.pools.size(), 1u);
  ASSERT_EQ(config.net.pools[0].servers.size(), 1u);
  EXPECT_EQ(config.net.pools[0].servers[0].address.port, 15055);
}

TEST(Load, ReadsTheFullExampleAsTheDefaultsItClaims) {
  const Config full = load_file(example("full.yaml"));
  const Config defaults = load();
  EXPECT_EQ(full.net.listeners.size(), 7u);
  EXPECT_EQ(full.net.session.responses, defaults.net.session.responses);
  EXPECT_EQ(full.net.session.events, defaults.net.session.events);
  EXPECT_EQ(full.net.session.listed_events, defaults.net.session.listed_events);
  EXPECT_EQ(full.net.session.unknown_key, defaults.net.session.unknown_key);
  EXPECT_EQ(full.net.session.exchanges_max, defaults.net.session.exchanges_max);
  EXPECT_EQ(full.net.session.message_max, defaults.net.session.message_max);
  EXPECT_EQ(full.net.session.downstream.message_max, defaults.net.session.downstream.message_max);
  EXPECT_EQ(full.net.session.upstream.buffered, defaults.net.session.upstream.buffered);
  EXPECT_EQ(full.net.session.downstream.silence, defaults.net.session.downstream.silence);
  EXPECT_EQ(full.net.session.connect_timeout, defaults.net.session.connect_timeout);
  EXPECT_EQ(full.net.session.init_timeout, defaults.net.session.init_timeout);
  EXPECT_EQ(full.net.drain.announce, defaults.net.drain.announce);
  EXPECT_EQ(full.net.drain.deadline, defaults.net.drain.deadline);
  EXPECT_EQ(full.net.limits.sessions, defaults.net.limits.sessions);
  EXPECT_EQ(full.net.limits.sessions_per_address, defaults.net.limits.sessions_per_address);
  EXPECT_EQ(full.net.limits.memory, defaults.net.limits.memory);
  EXPECT_EQ(full.net.limits.exchanges_per_second, defaults.net.limits.exchanges_per_second);
  EXPECT_EQ(full.net.limits.exchanges_per_address, defaults.net.limits.exchanges_per_address);
  EXPECT_EQ(full.net.limits.block.violations, defaults.net.limits.block.violations);
  EXPECT_EQ(full.net.limits.block.within, defaults.net.limits.block.within);
  EXPECT_EQ(full.net.limits.block.duration, defaults.net.limits.block.duration);
  EXPECT_EQ(full.net.limits.exempt, defaults.net.limits.exempt);
  EXPECT_EQ(full.admin->address, defaults.admin->address);
  EXPECT_EQ(full.log.level, defaults.log.level);
  EXPECT_EQ(full.log.format, defaults.log.format);
  EXPECT_EQ(full.threads, defaults.threads);
}

TEST(Load, ReadsEveryExample) {
  for (const std::string file : {"container/gateway.yaml", "debian/gateway.yaml", "demo.yaml"}) {
    EXPECT_NO_THROW(load_file(std::string(GATEWAY_SOURCE_DIR) + "/deploy/" + file)) << file;
  }
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(example(""))) {
    if (entry.path().extension() != ".yaml") continue;
    EXPECT_NO_THROW(load_file(entry.path())) << entry.path();
    ++files;
  }
  EXPECT_GE(files, 2u);
}

TEST(Load, ForwardsEachListenerToTheUpstreamItNames) {
  const Config config = load_file(example("full.yaml"));
  for (const net::ListenerOptions& listener : config.net.listeners) {
    const bool wss = listener.scheme == net::Scheme::wss;  // in front of the servers of ws
    EXPECT_EQ(config.net.pools[listener.pool].name, wss ? "master-ws" : listener.name);
  }
  EXPECT_EQ(config.net.pools[3].servers.size(), 2u);
  EXPECT_FALSE(config.net.pools[0].servers[0].trusted);
  EXPECT_TRUE(config.net.pools[2].servers[0].trusted);
}

TEST(Load, LimitsTheMessagesOfASessionOrNot) {
  const auto messages = [](const std::string& value) {
    return load("limits: { per_session: { messages: " + value + " } }\n").net.session.messages_per_second;
  };
  EXPECT_EQ(load("").net.session.messages_per_second, 5000u);
  EXPECT_EQ(messages("300/s"), 300u);
  EXPECT_EQ(messages("off"), 0u);
}

TEST(Load, LetsTheCommandsOfASessionFollowItsMessages) {
  const auto commands = [](const std::string& keys) {
    return load("limits: { per_session: { " + keys + " } }\n").net.session.downstream.commands_per_second;
  };
  EXPECT_EQ(load("").net.session.downstream.commands_per_second, 20'000u);
  EXPECT_EQ(commands("messages: 300/s"), 20'000u);
  EXPECT_EQ(commands("messages: 10000/s"), 40'000u);
  EXPECT_EQ(commands("messages: off"), 0u);
  EXPECT_EQ(commands("messages: off, commands: 1000/s"), 1'000u);
  EXPECT_EQ(commands("commands: off"), 0u);
  EXPECT_EQ(load("limits: { per_session: { commands: 7000/s } }\n").net.session.upstream.commands_per_second,
            0u)
      << "servers are trusted";
}

TEST(Load, ReadsTheLimitsOfUdp) {
  const Config config = load(R"(
limits:
  per_session: { unreliable_buffered: 2KiB, reorder_distance: 128, assemblies: 2 }
  half_open: 2048
  region_pings: 7/s
)");
  for (const transport::Options& leg : {config.net.session.downstream, config.net.session.upstream}) {
    EXPECT_EQ(leg.unreliable_buffered, 2048u);
    EXPECT_EQ(leg.reorder_distance, 128u);
    EXPECT_EQ(leg.assemblies_max, 2u);
  }
  EXPECT_EQ(config.net.door.half_open, 2048u);
  EXPECT_EQ(config.net.door.region_pings, 7u);
}

TEST(Load, SetsBothLegsFromOneKey) {
  const Config config = load(R"(
timeouts: { silence: 45s, connect: 2s, init: 20s }
limits: { message_size: 100KiB, per_session: { buffered: 256KiB } }
)");
  const session::Options& session = config.net.session;
  EXPECT_EQ(session.downstream.silence, seconds(45));
  EXPECT_EQ(session.upstream.silence, seconds(45));
  EXPECT_EQ(session.connect_timeout, seconds(2));
  EXPECT_EQ(session.init_timeout, seconds(20));
  EXPECT_EQ(session.message_max, 102'400u);
  EXPECT_EQ(session.downstream.message_max, 102'416u);
  EXPECT_EQ(session.upstream.message_max, 102'416u);
  EXPECT_EQ(session.downstream.buffered, 262'144u);
  EXPECT_EQ(session.upstream.buffered, 262'144u);
  EXPECT_EQ(session.upstream.window_numbers, 50u);  // what isn't configured stays the leg's own
}

TEST(Load, ReadsTheEncryptionKeys) {
  const Config config = load(R"(
encryption:
  responses: match
  events: listed
  listed_events: [0, 200, 255]
  unknown_key: end
  key_exchange: { rate: 50/s, per_address: 5/s, per_session: 2, queue: 9, wait: 3s }
)");
  const session::Options& session = config.net.session;
  EXPECT_EQ(session.responses, session::Responses::match);
  EXPECT_EQ(session.events, session::Events::listed);
  EXPECT_EQ(session.listed_events.count(), 3u);
  EXPECT_TRUE(session.listed_events.test(0) && session.listed_events.test(200) &&
              session.listed_events.test(255));
  EXPECT_EQ(session.unknown_key, session::UnknownKey::end);
  EXPECT_EQ(config.net.limits.exchanges_per_second, 50);
  EXPECT_EQ(config.net.limits.exchange_queue, 9u);
  EXPECT_EQ(config.net.limits.exchange_wait, seconds(3));
  EXPECT_EQ(config.net.limits.exchanges_per_address, 5);
  EXPECT_EQ(session.exchanges_max, 2u);
}

TEST(Load, TakesMemoryWithoutALimitOnlyByItsWord) {
  EXPECT_EQ(load().net.limits.memory, std::size_t{1} << 30);
  EXPECT_EQ(load("limits: { memory: off }\n").net.limits.memory, std::nullopt);
}

TEST(Load, ReadsLimitsAdminLogAndThreads) {
  const Config config = load(R"(
limits: { sessions: 7, sessions_per_address: 3, memory: 64MiB, exempt: [192.0.2.1] }
admin: { listen: "http://127.0.0.1:8080" }
log: { level: debug, format: json }
threads: 3
)");
  EXPECT_EQ(config.net.limits.sessions, 7u);
  EXPECT_EQ(config.net.limits.sessions_per_address, 3u);
  EXPECT_EQ(config.net.limits.memory, std::size_t{64} << 20);
  ASSERT_EQ(config.net.limits.exempt.size(), 1u);
  EXPECT_EQ(ip_text(config.net.limits.exempt[0]), "192.0.2.1");
  ASSERT_TRUE(config.admin);
  EXPECT_EQ(config.admin->address.port, 8080);
  EXPECT_EQ(config.log.level, LogLevel::debug);
  EXPECT_EQ(config.log.format, LogFormat::json);
  EXPECT_EQ(config.net.threads, 3u);
}

TEST(Load, ShowsNoClientsInTheLogUnlessAsked) {
  EXPECT_FALSE(load().net.records.clients);
  const net::RecordOptions records = load("log: { clients: shown, sessions: 9/s }\n").net.records;
  EXPECT_TRUE(records.clients);
  EXPECT_EQ(records.sessions_per_second, 9u);
}

TEST(Load, CapturesNothingUnlessAsked) {
  EXPECT_TRUE(load().net.capture.directory.empty());
  EXPECT_TRUE(load("capture: { directory: off }\n").net.capture.directory.empty());
}

TEST(Load, ReadsWhatIsCapturedAndWhere) {
  const net::CaptureOptions capture =
      load("capture: { directory: /var/c, size: 1MiB, duration: 30s, listener: master, client: 192.0.2.1 }\n")
          .net.capture;
  EXPECT_EQ(capture.directory, "/var/c");
  EXPECT_EQ(capture.size_max, std::size_t{1} << 20);
  EXPECT_EQ(capture.duration, seconds(30));
  EXPECT_EQ(capture.listener, "master");
  ASSERT_TRUE(capture.client);
  EXPECT_EQ(ip_text(*capture.client), "192.0.2.1");
}

TEST(Load, TurnsTheAdminPortOff) {
  EXPECT_FALSE(load("admin: off\n").admin);
}

TEST(Load, ExemptsLoopbackUnlessToldOtherwise) {
  EXPECT_EQ(load().net.limits.exempt.size(), 2u);
  EXPECT_TRUE(load("limits: { exempt: [] }\n").net.limits.exempt.empty());
}

TEST(Load, ReadsWhoIsBlockedForHowLong) {
  const net::BlockOptions block =
      load("limits: { block: { violations: 7, within: 30s, for: 5m } }\n").net.limits.block;
  EXPECT_EQ(block.violations, 7u);
  EXPECT_EQ(block.within, seconds(30));
  EXPECT_EQ(block.duration, minutes(5));
  EXPECT_EQ(load("limits: { block: off }\n").net.limits.block.violations, 0u);
  EXPECT_EQ(load("limits: { block: { for: 2s } }\n").net.limits.block.violations,
            net::BlockOptions().violations);
}

TEST(Load, UsesOneThreadACoreByDefault) {
  EXPECT_GE(load().net.threads, 1u);
  EXPECT_EQ(load("threads: auto\n").net.threads, load().net.threads);
}

TEST(Load, TakesATrustedServerBeyondPrivateNetworks) {
  const Config config = load_text(R"(
version: 1
listeners: [{ name: a, listen: "udp://127.0.0.1:5055", upstream: b }]
upstreams: { b: { servers: [{ address: "udp://203.0.113.1:5055", trusted: true }] } }
)",
                                  "test.yaml");
  EXPECT_TRUE(config.net.pools[0].servers[0].trusted);
}

TEST(Load, TakesEqualPortsOnOtherAddresses) {
  EXPECT_NO_THROW(load_text(R"(
version: 1
listeners:
  - { name: a, listen: "udp://127.0.0.1:5055", upstream: c }
  - { name: b, listen: "udp://127.0.0.2:5055", upstream: c }
upstreams: { c: { servers: ["udp://127.0.0.3:5055"] } }
)",
                            "test.yaml"));
}

TEST(Load, MakesOneListenerFromTheCommandLine) {
  const Config config = from_command_line("udp://0.0.0.0:5055", "udp://127.0.0.1:15055");
  ASSERT_EQ(config.net.listeners.size(), 1u);
  EXPECT_EQ(config.net.listeners[0].address.port, 5055);
  EXPECT_EQ(config.net.pools.at(config.net.listeners[0].pool).servers.at(0).address.port, 15055);
  EXPECT_TRUE(config.admin);
}

TEST(Load, NamesTheOptionThatIsWrongOnTheCommandLine) {
  const auto failure = [](const std::string& listen, const std::string& upstream) -> std::string {
    try {
      from_command_line(listen, upstream);
    } catch (const Error& error) {
      return error.what();
    }
    return "none";
  };
  EXPECT_THAT(failure("5055", "udp://127.0.0.1:1"), testing::StartsWith("--listen: \"5055\" has no scheme"));
  EXPECT_THAT(failure("udp://0.0.0.0:5055", "udp://8.8.8.8:1"),
              testing::StartsWith("--upstream: the link to "));
}

TEST(Load, SaysThatAFileCannotBeRead) {
  EXPECT_THAT([] { load_file("/nowhere/gateway.yaml"); },
              testing::ThrowsMessage<Error>(
                  "/nowhere/gateway.yaml: the configuration file can't be read: No such file or directory"));
  EXPECT_THAT([] { load_file("/tmp"); },
              testing::ThrowsMessage<Error>("/tmp: the configuration file can't be read: Is a directory"));
}

}  // namespace
}  // namespace gateway::config
