#include "config/reload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load.h"

namespace gateway::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string listener_a = "  - { name: a, listen: \"udp://127.0.0.1:5055\", upstream: a }\n";
const std::string listener_b = "  - { name: b, listen: \"udp://127.0.0.1:5056\", upstream: b }\n";
const std::string links = "listeners:\n" + listener_a + listener_b +
                          "upstreams:\n  a: { servers: [\"udp://127.0.0.1:15055\"] }\n"
                          "  b: { servers: [\"udp://127.0.0.1:15056\"] }\n";

Config load(const std::string& more = "", const std::string& its_links = links) {
  return load_text("version: 1\n" + its_links + more, "f.yaml");
}

std::string full_path() {
  return std::string(GATEWAY_SOURCE_DIR) + "/config/full.yaml";
}

/// The sentence of a refused reload; empty when it isn't refused.
std::string refusal(const Config& running, const Config& wanted) {
  try {
    changes(running, wanted);
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

TEST(Reload, EveryKeyOfTheFullExampleIsKnown) {
  for (const auto& [path, value] : flatten(load_file(full_path()))) {
    EXPECT_NE(find_key(path), nullptr) << path << " = " << value << " isn't in config/keys.cpp";
  }
}

TEST(Reload, TheSameFileChangesNothing) {
  EXPECT_THAT(changes(load(), load()), IsEmpty());
  EXPECT_THAT(changes(load_file(full_path()), load_file(full_path())), IsEmpty());
}

TEST(Reload, NamesTheKeysThatChanged) {
  EXPECT_THAT(changes(load(), load("encryption: { responses: all, key_exchange: { rate: 7/s } }\n"
                                   "timeouts: { silence: 31s }\ndrain: { announce: 1s }\n"
                                   "log: { level: debug }\n")),
              ElementsAre("drain.announce", "encryption.key_exchange.rate", "encryption.responses",
                          "log.level", "timeouts.silence"));
}

TEST(Reload, TheOrderOfListenersAndUpstreamsMeansNothing) {
  const std::string turned = "listeners:\n" + listener_b + listener_a +
                             "upstreams:\n  b: { servers: [\"udp://127.0.0.1:15056\"] }\n"
                             "  a: { servers: [\"udp://127.0.0.1:15055\"] }\n";
  EXPECT_THAT(changes(load(), load("", turned)), IsEmpty());
}

TEST(Reload, ServersMayChange) {
  const std::string other = "listeners:\n" + listener_a + listener_b +
                            "upstreams:\n  a: { servers: [\"udp://127.0.0.1:15057\"], health_check: off }\n"
                            "  b: { servers: [\"udp://127.0.0.1:15056\"] }\n";
  EXPECT_THAT(changes(load(), load("", other)), testing::Contains("upstreams.a.servers"));
}

TEST(Reload, WhatNeedsARestartIsRefusedWithItsKeyAndBothValues) {
  const Config running = load();
  const std::string listen = "listeners:\n  - { name: a, listen: \"udp://127.0.0.1:5999\", upstream: a }\n" +
                             listener_b + links.substr(links.find("upstreams:"));
  EXPECT_EQ(refusal(running, load("", listen)),
            "\"listeners.a.listen\" can only change with a restart: it is \"udp://127.0.0.1:5055\" and the "
            "file now says \"udp://127.0.0.1:5999\"");
  EXPECT_THAT(refusal(running, load("threads: 1\n")), HasSubstr("\"threads\""));
  EXPECT_THAT(refusal(running, load("admin: off\n")), HasSubstr("\"admin"));
  EXPECT_THAT(refusal(running, load("admin: { listen: \"http://127.0.0.1:9999\" }\n")),
              HasSubstr("\"admin.listen\""));
  EXPECT_THAT(refusal(running, load("log: { format: json }\n")),
              HasSubstr("\"log.format\" can only change with a restart: it is \"text\" and the file now says "
                        "\"json\""));
}

TEST(Reload, OtherListenersOrUpstreamsAreRefused) {
  const std::string one =
      "listeners:\n" + listener_a + "upstreams:\n  a: { servers: [\"udp://127.0.0.1:15055\"] }\n";
  EXPECT_THAT(refusal(load(), load("", one)), HasSubstr("\"listeners.b.listen\""));
  EXPECT_THAT(refusal(load("", one), load()), HasSubstr("it is nothing and the file now says"));
  const std::string renamed = "listeners:\n" + listener_a +
                              "  - { name: b, listen: \"udp://127.0.0.1:5056\", upstream: c }\n"
                              "upstreams:\n  a: { servers: [\"udp://127.0.0.1:15055\"] }\n"
                              "  c: { servers: [\"udp://127.0.0.1:15056\"] }\n";
  EXPECT_THAT(refusal(load(), load("", renamed)), HasSubstr("\"listeners.b.upstream\""));
}

TEST(Reload, AnUnknownKeyNeedsARestart) {
  EXPECT_EQ(effect_of("something.new"), Effect::restart);
  EXPECT_EQ(effect_of("listeners.master.tls.key"), Effect::live);
  EXPECT_EQ(effect_of("upstreams.game.health_check.fall"), Effect::new_sessions);
  EXPECT_EQ(effect_of("threads"), Effect::restart);
}

TEST(Reload, LimitsOfSourcesAndMessagesMayChangeAndThatOfMemoryMayNot) {
  EXPECT_THAT(
      changes(load(), load("encryption: { key_exchange: { per_address: 7/s } }\nlimits: { exempt: "
                           "[\"192.0.2.1\"], per_session: { messages: 300/s }, block: { for: 2m } }\n")),
      ElementsAre("encryption.key_exchange.per_address", "limits.block.for", "limits.exempt",
                  "limits.per_session.messages"));
  EXPECT_THAT(changes(load(), load("limits: { block: off }\n")), testing::Contains("limits.block"));
  EXPECT_THAT(changes(load("limits: { block: off }\n"), load()),
              testing::Contains("limits.block.violations"));
  EXPECT_THAT(refusal(load(), load("limits: { memory: 2GiB }\n")), HasSubstr("\"limits.memory\""));
}

TEST(Reload, TheQueueOfExchangesMayChangeAndTheTablesOfTheDoorMayNot) {
  EXPECT_THAT(changes(load(), load("encryption: { key_exchange: { queue: 7, wait: 2s } }\n"
                                   "limits: { per_session: { commands: 9000/s } }\n")),
              ElementsAre("encryption.key_exchange.queue", "encryption.key_exchange.wait",
                          "limits.per_session.commands"));
  EXPECT_THAT(refusal(load(), load("limits: { half_open: 2048 }\n")), HasSubstr("\"limits.half_open\""));
  EXPECT_THAT(refusal(load(), load("limits: { region_pings: 5/s }\n")), HasSubstr("\"limits.region_pings\""));
}

TEST(DrainKeys, AreReadAndMayBeZero) {
  EXPECT_EQ(load().net.drain.announce, seconds(15));
  EXPECT_EQ(load().net.drain.deadline, minutes(10));
  const net::DrainOptions drain = load("drain: { announce: 0s, deadline: 0s }\n").net.drain;
  EXPECT_EQ(drain.announce, seconds(0));
  EXPECT_EQ(drain.deadline, seconds(0));
}

TEST(DrainKeys, ADeadlineBeforeTheEndOfTheAnnouncementIsRefused) {
  try {
    load("drain: { announce: 20s, deadline: 10s }\n");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("f.yaml:8:8: \"deadline\" must be at least \"announce\""));
  }
}

}  // namespace
}  // namespace gateway::config
