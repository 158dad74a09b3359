#include "config/print.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load.h"

namespace gateway::config {
namespace {

TEST(Print, ShowsEveryDefault) {
  const std::string text = print(from_command_line("udp://0.0.0.0:5055", "udp://127.0.0.1:15055"));
  EXPECT_EQ(text, R"(version: 1
listeners:
  - { name: "default", listen: "udp://0.0.0.0:5055", upstream: "default" }
upstreams:
  "default": { servers: ["udp://127.0.0.1:15055"], health_check: { interval: 10s, timeout: 2s, rise: 1, fall: 3 } }
encryption:
  responses: sticky
  events: as_raised
  listed_events: []
  unknown_key: pass
  rules: []
  key_exchange: { rate: 2000/s, per_address: 200/s, per_session: 4, queue: 4096, wait: 1500ms }
rewriting: { unknown_addresses: pass }
access: { allow: ["0.0.0.0/0", "::/0"], deny: [] }
limits:
  sessions: auto
  sessions_per_address: 1000
  memory: 1GiB
  message_size: 500KiB
  per_session: { messages: 5000/s, buffered: 1MiB, commands: 20000/s, unreliable_buffered: 16KiB, reorder_distance: 4096, assemblies: 16 }
  block: { violations: 100, within: 1m, for: 1m }
  half_open: 65536
  region_pings: 10000/s
  exempt: ["127.0.0.1", "::1"]
timeouts: { silence: 30s, connect: 5s, init: 30s }
drain: { announce: 15s, deadline: 10m }
admin: { listen: "http://127.0.0.1:9464" }
log: { level: info, format: text, clients: hidden, sessions: 100/s }
capture: { directory: off, size: 8MiB, duration: 10m }
threads: auto
)");
}

TEST(Print, IsReadBackToTheSame) {
  const std::string text = R"(version: 1
listeners:
  - { name: "null", listen: "udp://[::1]:5055", upstream: "1e5" }
  - { name: "tcp", listen: "tcp://[::1]:5055", upstream: "tcp" }
  - { name: "ws", listen: "ws://0.0.0.0:9090", upstream: "ws" }
  - { name: "wss", listen: "wss://0.0.0.0:19090", upstream: "ws", tls: { certificate: "file:/etc/a \"b\".crt", key: "file:c\\\x0Ad.key" } }
upstreams:
  "1e5": { servers: ["udp://127.0.0.1:15055", { address: "udp://192.0.2.1:15055", trusted: true, state: disabled }], health_check: { interval: 2s, timeout: 500ms, rise: 2, fall: 5 } }
  "tcp": { servers: ["tcp://127.0.0.1:15055"], health_check: off }
  "ws": { servers: ["ws://127.0.0.1:15090"], health_check: { interval: 10s, timeout: 2s, rise: 1, fall: 3 } }
encryption:
  responses: all
  events: listed
  listed_events: [1, 255]
  unknown_key: end
  rules:
    - { operations: [authenticate], without_parameter: 221, require: encrypted, otherwise: reject }
    - { operations: [0, authenticate_once, join], require: encrypted, otherwise: disconnect }
    - { operations: [7], require: encrypted, otherwise: log }
    - { events: [200, match], to_client: encrypted, otherwise: drop }
    - { events: [join], to_client: encrypted, otherwise: clear }
  key_exchange: { rate: 7/s, per_address: 3/s, per_session: 1, queue: 1, wait: 10ms }
rewriting: { unknown_addresses: pass }
access: { allow: ["10.0.0.0/8", "2001:db8::/32"], deny: ["10.1.2.3"] }
limits:
  sessions: 3
  sessions_per_address: 2
  memory: off
  message_size: 1025B
  per_session: { messages: off, buffered: 65537B, commands: off, unreliable_buffered: 16MiB, reorder_distance: 128, assemblies: 1000 }
  block: { violations: 1, within: 90s, for: 2h }
  half_open: 1024
  region_pings: 1/s
  exempt: ["2001:db8::1"]
timeouts: { silence: 2500ms, connect: 100ms, init: 1m }
drain: { announce: 0ms, deadline: 1h }
admin: off
log: { level: trace, format: json, clients: shown, sessions: 7/s }
capture: { directory: "/a \"b\"", size: 65KiB, duration: 90s, listener: "ws", client: "2001:db8::9" }
threads: 2
)";
  EXPECT_EQ(print(load_text(text, "text")), text);
}

TEST(Print, SaysWhenNobodyIsBlocked) {
  Config config = from_command_line("udp://0.0.0.0:5055", "udp://127.0.0.1:15055");
  config.net.limits.block.violations = 0;
  EXPECT_THAT(print(config), testing::HasSubstr("\n  block: off\n"));
}

TEST(Print, OfTheFullExampleIsReadBackToTheSame) {
  const std::string printed = print(load_file(std::string(GATEWAY_SOURCE_DIR) + "/config/full.yaml"));
  EXPECT_EQ(print(load_text(printed, "printed")), printed);
  EXPECT_THAT(printed,
              testing::HasSubstr("{ address: \"udp://198.51.100.7:5056\", trusted: true, advertised: ["));
}

}  // namespace
}  // namespace gateway::config
