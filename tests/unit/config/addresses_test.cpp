// Which address stands for which server: public_address, advertised, rewriting.

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load.h"
#include "config/print.h"

namespace gateway::config {
namespace {

using net::Scheme;
using testing::HasSubstr;

const std::string flow = R"(version: 1
listeners:
  - { name: "name", listen: "udp://0.0.0.0:5058", upstream: "name" }
  - { name: "game", listen: "udp://0.0.0.0:5056", upstream: "game", public_address: "game.example.com:5056" }
  - { name: "game-ws", listen: "ws://0.0.0.0:9091", upstream: "game-ws", public_address: "game.example.com:9091" }
upstreams:
  "name": { servers: ["udp://10.0.0.1:5058"] }
  "game": { servers: [{ address: "udp://10.0.0.21:5056", advertised: ["198.51.100.21:5056", "[2001:db8::21]:5056"] }] }
  "game-ws": { servers: ["ws://10.0.0.21:9091"] }
)";

/// What clients of a listener of that scheme are sent to; "unknown" when nothing is known of it.
std::string sent_to(const Config& config, Scheme scheme, std::string text) {
  const auto match = config.net.addresses[index(scheme)].find(text);
  return match ? text.replace(match->position, match->count, match->public_address) : "unknown";
}

std::string failure(const std::string& text) {
  try {
    load_text(text, "f.yaml");
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

std::string failure(const std::string& listener, const std::string& servers, const std::string& more = {}) {
  return failure("version: 1\nlisteners:\n  - { name: a, listen: udp://0.0.0.0:5055, upstream: a" + listener +
                 " }\nupstreams:\n  a: { servers: [" + servers + "] }\n" + more);
}

TEST(PublicAddress, StandsForTheServerAndAllItIsCalled) {
  const Config config = load_text(flow, "f.yaml");
  for (const char* name :
       {"10.0.0.21:5056", "198.51.100.21:5056", "[2001:db8::21]:5056", "game.example.com:5056"})
    EXPECT_EQ(sent_to(config, Scheme::udp, name), "game.example.com:5056") << name;
  EXPECT_EQ(sent_to(config, Scheme::udp, "10.0.0.1:5058"), "unknown");
  EXPECT_EQ(sent_to(config, Scheme::ws, "ws://10.0.0.21:9091/x"), "ws://game.example.com:9091/x");
}

TEST(PublicAddress, OfAnotherTransportIsKnownTooWhereTheOwnHasNone) {
  const Config config = load_text(flow, "f.yaml");
  EXPECT_EQ(sent_to(config, Scheme::wss, "10.0.0.21:5056"), "game.example.com:5056");
  EXPECT_EQ(sent_to(config, Scheme::udp, "ws://10.0.0.21:9091"), "ws://game.example.com:9091");
}

TEST(PublicAddress, OfTheOwnTransportComesFirst) {
  const std::string text = R"(version: 1
listeners:
  - { name: udp, listen: udp://0.0.0.0:5056, upstream: udp, public_address: "u.example.com:1" }
  - { name: tcp, listen: tcp://0.0.0.0:5056, upstream: tcp, public_address: "t.example.com:2" }
upstreams:
  udp: { servers: ["udp://10.0.0.21:5056"] }
  tcp: { servers: ["tcp://10.0.0.21:5056"] }
)";
  const Config config = load_text(text, "f.yaml");
  EXPECT_EQ(sent_to(config, Scheme::udp, "10.0.0.21:5056"), "u.example.com:1");
  EXPECT_EQ(sent_to(config, Scheme::tcp, "10.0.0.21:5056"), "t.example.com:2");
}

TEST(PublicAddress, MustBeAHostAndAPort) {
  EXPECT_THAT(
      failure(", public_address: \"udp://game.example.com:1\"", "udp://10.0.0.1:1"),
      HasSubstr(
          "f.yaml:3:73: \"udp://game.example.com:1\" has a scheme, which is that of the listener; write "
          "host:port, such as public_address: \"game.example.com:5056\""));
  EXPECT_THAT(failure(", public_address: game.example.com", "udp://10.0.0.1:1"), HasSubstr("must be"));
  EXPECT_THAT(failure(", public_address: \"2001:db8::1:5056\"", "udp://10.0.0.1:1"), HasSubstr("is no port"));
  EXPECT_THAT(failure(", public_address: \"a:0\"", "udp://10.0.0.1:1"), HasSubstr("is no port"));
}

TEST(PublicAddress, StandsForOneServerOnly) {
  EXPECT_THAT(
      failure(", public_address: \"a.example.com:1\"", "udp://10.0.0.1:1, udp://10.0.0.2:1"),
      HasSubstr(
          "f.yaml:3:73: upstream \"a\" has 2 servers, but clients that are sent to a public address must "
          "reach one certain server"));
}

TEST(PublicAddress, MustNotContradictAnother) {
  const std::string text = R"(version: 1
listeners:
  - { name: a, listen: udp://0.0.0.0:1, upstream: u, public_address: "a.example.com:1" }
  - { name: b, listen: udp://0.0.0.0:2, upstream: u, public_address: "b.example.com:2" }
upstreams:
  u: { servers: ["udp://10.0.0.1:1"] }
)";
  EXPECT_THAT(failure(text),
              HasSubstr("f.yaml:6:18: \"10.0.0.1:1\" stands for listener \"b\" with the public address "
                        "b.example.com:2, but it already stands for another one"));
}

TEST(PublicAddress, BelongsToOneServer) {
  const auto two = [](const std::string& second) {
    return R"(version: 1
listeners:
  - { name: a, listen: udp://0.0.0.0:1, upstream: u, public_address: "game.example.com:1" }
  - )" + second +
           R"(
upstreams:
  u: { servers: ["udp://10.0.0.1:1"] }
  v: { servers: ["udp://10.0.0.2:1"] }
  w: { servers: ["tcp://10.0.0.2:1"] }
)";
  };
  EXPECT_THAT(
      failure(
          two(R"({ name: b, listen: udp://0.0.0.0:2, upstream: v, public_address: "game.example.com:1" })")),
      HasSubstr("f.yaml:4:70: listener \"b\" has the public address game.example.com:1, as listener \"a\" at "
                "f.yaml:3:70 has, but another server behind it: its clients would be sent to that one; write "
                "the address where clients reach listener \"b\""));
  const char* good[] = {
      R"({ name: b, listen: "udp://[::]:1", upstream: u, public_address: "game.example.com:1" })",
      R"({ name: b, listen: tcp://0.0.0.0:1, upstream: w, public_address: "game.example.com:1" })"};
  for (const char* listener : good) EXPECT_EQ(failure(two(listener)), "") << listener;
}

TEST(Advertised, NeedsAPublicAddress) {
  EXPECT_THAT(failure("", "{ address: udp://10.0.0.1:1, advertised: [\"x:1\"] }"),
              HasSubstr("no listener in front of upstream \"a\" has a public_address"));
}

TEST(UnknownAddresses, AreRejectedOnlyWhereSomeAreKnown) {
  EXPECT_THAT(failure("", "udp://10.0.0.1:1", "rewriting: { unknown_addresses: reject }\n"),
              HasSubstr("f.yaml:6:33: \"unknown_addresses\" is reject, but no address is known"));
  EXPECT_EQ(load_text(flow + "rewriting: { unknown_addresses: reject }\n", "f.yaml").net.unknown_addresses,
            policy::UnknownAddresses::reject);
}

TEST(PublicAddress, IsPrintedAsItIsRead) {
  const std::string printed = print(load_text(flow + "rewriting: { unknown_addresses: reject }\n", "f.yaml"));
  EXPECT_EQ(print(load_text(printed, "printed")), printed);
  for (const char* part : {R"(public_address: "game.example.com:5056")",
                           R"(advertised: ["198.51.100.21:5056", "[2001:db8::21]:5056"])",
                           "rewriting: { unknown_addresses: reject }"})
    EXPECT_THAT(printed, HasSubstr(part));
}

}  // namespace
}  // namespace gateway::config
