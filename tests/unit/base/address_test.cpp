#include "base/address.h"

#include <gtest/gtest.h>

namespace gateway {
namespace {

Address ipv4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
  return {.ip = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, a, b, c, d}, .port = 5055};
}

const Address all_ipv6{.port = 5055};
const Address loopback_ipv6{.ip = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, .port = 5055};

TEST(Address, KnowsIpv4ByItsPrefix) {
  EXPECT_TRUE(is_ipv4(ipv4(10, 1, 2, 3)));
  EXPECT_TRUE(is_ipv4(ipv4(0, 0, 0, 0)));
  EXPECT_FALSE(is_ipv4(all_ipv6));
  EXPECT_FALSE(is_ipv4(loopback_ipv6));
}

TEST(Address, KnowsTheWildcards) {
  EXPECT_TRUE(is_wildcard(ipv4(0, 0, 0, 0)));
  EXPECT_TRUE(is_wildcard(all_ipv6));
  EXPECT_FALSE(is_wildcard(ipv4(127, 0, 0, 1)));
  EXPECT_FALSE(is_wildcard(ipv4(0, 0, 0, 1)));
  EXPECT_FALSE(is_wildcard(loopback_ipv6));
}

}  // namespace
}  // namespace gateway
