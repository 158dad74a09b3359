#include "net/recent_addresses.h"

#include <gtest/gtest.h>

#include "net/address.h"
#include "support/seeded_random.h"

namespace gateway::net {
namespace {

constexpr TimePoint now{hours(1)};

Address at(const std::string& ip, std::uint16_t port = 1) {
  return *parse_address(ip, port);
}

Address numbered(std::uint32_t number) {
  Address address = at("10.0.0.0");
  for (std::size_t i = 0; i < 4; ++i) address.ip[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  return address;
}

class RecentAddressesTest : public testing::Test {
 protected:
  test::SeededRandom random{1};
  RecentAddresses recent{random};
};

TEST_F(RecentAddressesTest, HoldsAnAddressForThirtySecondsWhateverItsPort) {
  EXPECT_FALSE(recent.holds(at("10.0.0.1"), now));
  recent.note(at("10.0.0.1", 1), now);
  EXPECT_TRUE(recent.holds(at("10.0.0.1", 2), now));
  EXPECT_TRUE(recent.holds(at("10.0.0.1"), now + seconds(30)));
  EXPECT_FALSE(recent.holds(at("10.0.0.1"), now + seconds(30) + milliseconds(1)));
  EXPECT_FALSE(recent.holds(at("10.0.0.2"), now));
}

TEST_F(RecentAddressesTest, CountsAnIpv6NetworkAsOne) {
  recent.note(at("2001:db8:1:2::1"), now);
  EXPECT_TRUE(recent.holds(at("2001:db8:1:2:ffff::9"), now));
  EXPECT_FALSE(recent.holds(at("2001:db8:1:3::1"), now));
}

TEST_F(RecentAddressesTest, ALaterEndCountsAnew) {
  recent.note(at("10.0.0.1"), now);
  recent.note(at("10.0.0.1"), now + seconds(20));
  EXPECT_TRUE(recent.holds(at("10.0.0.1"), now + seconds(50)));
}

TEST_F(RecentAddressesTest, HoldsTheZeroAddressOnlyOnceItWasThere) {
  EXPECT_FALSE(recent.holds(Address{}, now));
  EXPECT_FALSE(recent.holds(Address{}, TimePoint::min() + seconds(1)));
}

TEST_F(RecentAddressesTest, HoldsNearlyAllOfHalfItsCapacity) {
  constexpr std::uint32_t count = RecentAddresses::capacity / 2;
  for (std::uint32_t i = 0; i < count; ++i) recent.note(numbered(i), now);
  std::uint32_t held = 0;
  for (std::uint32_t i = 0; i < count; ++i) held += recent.holds(numbered(i), now) ? 1U : 0U;
  EXPECT_GT(held, count * 90 / 100);
}

TEST_F(RecentAddressesTest, UnderAFloodTheNewestStaysAndTheOldGo) {
  recent.note(at("192.0.2.1"), now);
  for (std::uint32_t i = 0; i < 20 * RecentAddresses::capacity; ++i) {
    const TimePoint later = now + milliseconds(1) + microseconds(i);
    recent.note(numbered(i), later);
    ASSERT_TRUE(recent.holds(numbered(i), later));
  }
  EXPECT_FALSE(recent.holds(at("192.0.2.1"), now));
}

}  // namespace
}  // namespace gateway::net
