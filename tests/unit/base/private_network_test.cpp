#include <gtest/gtest.h>

#include "base/address.h"
#include "config/url.h"

namespace gateway {
namespace {

Address ip(const char* text) {
  return config::parse_ip({.text = text, .where = "test"});
}

TEST(PrivateNetwork, HoldsPrivateNetworks) {
  for (const char* text :
       {"127.0.0.1", "127.255.255.255", "10.0.0.0", "10.255.255.255", "172.16.0.1", "172.31.255.255",
        "192.168.0.1", "169.254.1.1", "::1", "fc00::1", "fdff::1", "fe80::1", "febf::1", "::ffff:10.0.0.1"}) {
    EXPECT_TRUE(private_network(ip(text))) << text;
  }
}

TEST(PrivateNetwork, DoesNotHoldTheirNeighbours) {
  for (const char* text :
       {"126.255.255.255", "128.0.0.1", "9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0",
        "192.167.255.255", "192.169.0.0", "169.253.1.1", "169.255.1.1", "100.64.0.1", "0.0.0.0", "::", "::2",
        "fb00::1", "fe00::1", "fec0::1", "2001:db8::1", "::ffff:8.8.8.8"}) {
    EXPECT_FALSE(private_network(ip(text))) << text;
  }
}

TEST(PrivateNetwork, TellsLoopback) {
  EXPECT_TRUE(loopback(ip("127.0.0.2")));
  EXPECT_TRUE(loopback(ip("::1")));
  EXPECT_FALSE(loopback(ip("10.0.0.1")));
}

}  // namespace
}  // namespace gateway
