#include "policy/addresses.h"

#include <string>

#include <gtest/gtest.h>

namespace gateway::policy {
namespace {

Addresses addresses() {
  Addresses table;
  EXPECT_TRUE(table.add({"10.0.0.5", 5055}, "gw.example.net:6055"));
  EXPECT_TRUE(table.add({"10.0.0.5", 5056}, "gw.example.net:6056"));
  EXPECT_TRUE(table.add({"Master.example.com", 9090}, "gw.example.net:443"));
  EXPECT_TRUE(table.add({"2001:db8::5", 5055}, "[2001:db8::99]:6055"));
  return table;
}

// The text with its address replaced, or "unknown".
std::string mapped(std::string_view text) {
  static const Addresses table = addresses();
  const auto match = table.find(text);
  if (!match) return "unknown";
  return std::string(text).replace(match->position, match->count, match->public_address);
}

TEST(Addresses, AreFoundByHostAndPort) {
  EXPECT_EQ(mapped("10.0.0.5:5055"), "gw.example.net:6055");
  EXPECT_EQ(mapped("10.0.0.5:5056"), "gw.example.net:6056");
  EXPECT_EQ(mapped("master.example.com:9090"), "gw.example.net:443");
}

TEST(Addresses, AreUnknownIfHostOrPortDiffers) {
  EXPECT_EQ(mapped("10.0.0.5:5057"), "unknown");
  EXPECT_EQ(mapped("10.0.0.6:5055"), "unknown");
  EXPECT_EQ(mapped("10.0.0.55:5055"), "unknown");
  EXPECT_EQ(mapped("10.0.0.:5055"), "unknown");
  EXPECT_EQ(mapped("master.example.com.:9090"), "unknown");
}

TEST(Addresses, MatchInEitherCase) {
  EXPECT_EQ(mapped("MASTER.example.COM:9090"), "gw.example.net:443");
  EXPECT_EQ(mapped("[2001:DB8::5]:5055"), "[2001:db8::99]:6055");
}

TEST(Addresses, OfIPv6AreFoundWithBracketsAndWithout) {
  EXPECT_EQ(mapped("[2001:db8::5]:5055"), "[2001:db8::99]:6055");
  EXPECT_EQ(mapped("2001:db8::5:5055"), "[2001:db8::99]:6055");
  EXPECT_EQ(mapped("[2001:db8::6]:5055"), "unknown");
  EXPECT_EQ(mapped("[2001:db8::5]"), "unknown");
}

TEST(Addresses, KeepSchemeAndPath) {
  EXPECT_EQ(mapped("ws://10.0.0.5:5055"), "ws://gw.example.net:6055");
  EXPECT_EQ(mapped("wss://master.example.com:9090/Master"), "wss://gw.example.net:443/Master");
  EXPECT_EQ(mapped("wss://master.example.com:9090/a/b:1?c=ws://x"),
            "wss://gw.example.net:443/a/b:1?c=ws://x");
  EXPECT_EQ(mapped("10.0.0.5:5055/"), "gw.example.net:6055/");
  EXPECT_EQ(mapped("ws://[2001:db8::5]:5055/x"), "ws://[2001:db8::99]:6055/x");
}

TEST(Addresses, AreUnknownIfTheTextIsNoAddress) {
  for (const auto* text : {"", ":", ":5055", "10.0.0.5", "10.0.0.5:", "10.0.0.5:0", "10.0.0.5:70591",
                           "10.0.0.5:5055 ", " 10.0.0.5:5055", "10.0.0.5:+5055", "10.0.0.5:5055x", "ws://",
                           "ws:///10.0.0.5:5055", "/10.0.0.5:5055", "[]:5055", "[:5055", "://"}) {
    EXPECT_EQ(mapped(text), "unknown") << text;
  }
  using namespace std::string_view_literals;
  EXPECT_EQ(mapped("10.0.0.5\0:5055"sv), "unknown");
}

TEST(Addresses, LeadToOnePublicAddressEach) {
  Addresses table = addresses();
  EXPECT_TRUE(table.add({"10.0.0.5", 5055}, "gw.example.net:6055"));
  EXPECT_FALSE(table.add({"10.0.0.5", 5055}, "other.example.net:6055"));
  EXPECT_FALSE(table.add({"MASTER.example.com", 9090}, "other.example.net:6055"));
  EXPECT_EQ(table.find("10.0.0.5:5055")->public_address, "gw.example.net:6055");
}

TEST(Addresses, GetTheSchemeThatClientsReachThemBy) {
  Addresses table;
  ASSERT_TRUE(table.add({"10.0.0.10", 9090}, "gw.example.net:19090", "wss"));
  const auto replaced = [&](std::string text) {
    const auto match = table.find(text);
    EXPECT_TRUE(match) << text;
    return match ? text.replace(match->position, match->count, match->public_address) : "unknown";
  };
  EXPECT_EQ(replaced("ws://10.0.0.10:9090/path"), "wss://gw.example.net:19090/path");
  EXPECT_EQ(replaced("WSS://10.0.0.10:9090"), "WSS://gw.example.net:19090");
  EXPECT_EQ(replaced("10.0.0.10:9090"), "gw.example.net:19090");
  EXPECT_FALSE(table.add({"10.0.0.10", 9090}, "gw.example.net:19090", "ws"));
}

TEST(Addresses, OfAnEmptyTableAreUnknown) {
  const Addresses table;
  EXPECT_TRUE(table.empty());
  EXPECT_FALSE(table.find("10.0.0.5:5055"));
  EXPECT_FALSE(addresses().empty());
}

TEST(HostPort, IsTakenApartAtTheLastColon) {
  EXPECT_EQ(parse_host_port("a:b:1")->host, "a:b");
  EXPECT_EQ(parse_host_port("[::1]:65535")->host, "::1");
  EXPECT_EQ(parse_host_port("[::1]:65535")->port, 65535);
  EXPECT_EQ(parse_host_port("host:05055")->port, 5055);
  EXPECT_FALSE(parse_host_port("host:65536"));
  EXPECT_FALSE(parse_host_port("host:0"));
  EXPECT_FALSE(parse_host_port("host"));
}

}  // namespace
}  // namespace gateway::policy
