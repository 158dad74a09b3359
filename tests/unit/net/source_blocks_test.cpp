#include "net/source_blocks.h"

#include <gtest/gtest.h>

#include "net/address.h"
#include "support/seeded_random.h"

namespace gateway::net {
namespace {

const TimePoint start{hours(100)};

LimitOptions limits() {
  LimitOptions options;
  options.block = {.violations = 3, .within = seconds(10), .duration = seconds(30)};
  return options;
}

struct Fixture {
  explicit Fixture(LimitOptions options = limits()) : blocks(options, random) {}
  /// How many of these violations blocked the address.
  int violate(const Address& client, int times, TimePoint now) {
    int blocked = 0;
    for (int i = 0; i < times; ++i) blocked += blocks.violated(client, now) ? 1 : 0;
    return blocked;
  }
  test::SeededRandom random{1};
  SourceBlocks blocks;
};

const Address bad = *parse_address("192.0.2.1", 1000);
const Address good = *parse_address("192.0.2.2", 1000);

TEST(SourceBlocks, BlockAnAddressAtItsLastViolationAndNoOther) {
  Fixture f;
  EXPECT_EQ(f.violate(bad, 2, start), 0);
  EXPECT_FALSE(f.blocks.blocks(bad, start));
  EXPECT_EQ(f.violate(bad, 1, start + seconds(9)), 1);
  EXPECT_TRUE(f.blocks.blocks(bad, start + seconds(9)));
  EXPECT_TRUE(f.blocks.blocks(*parse_address("192.0.2.1", 7), start + seconds(9)));
  EXPECT_FALSE(f.blocks.blocks(good, start + seconds(9)));
}

TEST(SourceBlocks, EndByThemselves) {
  Fixture f;
  f.violate(bad, 3, start);
  EXPECT_TRUE(f.blocks.blocks(bad, start + seconds(30) - Duration(1)));
  EXPECT_FALSE(f.blocks.blocks(bad, start + seconds(30)));
  EXPECT_EQ(f.violate(bad, 2, start + seconds(30)), 0);
  EXPECT_EQ(f.violate(bad, 1, start + seconds(30)), 1);
}

TEST(SourceBlocks, ForgetViolationsThatAreLongAgo) {
  Fixture f;
  f.violate(bad, 2, start);
  EXPECT_EQ(f.violate(bad, 2, start + seconds(11)), 0);
  EXPECT_FALSE(f.blocks.blocks(bad, start + seconds(11)));
}

TEST(SourceBlocks, GrowNoLongerByTheSessionsThatTheAddressStillHas) {
  Fixture f;
  EXPECT_EQ(f.violate(bad, 3, start), 1);
  EXPECT_EQ(f.violate(bad, 20, start + seconds(20)), 0);
  EXPECT_FALSE(f.blocks.blocks(bad, start + seconds(30)));
}

TEST(SourceBlocks, CountAnIpv6NetworkAsOne) {
  Fixture f;
  for (const char* ip : {"2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:2::3"}) {
    f.violate(*parse_address(ip, 1), 1, start);
  }
  EXPECT_TRUE(f.blocks.blocks(*parse_address("2001:db8:1:2:ffff::9", 1), start));
  EXPECT_FALSE(f.blocks.blocks(*parse_address("2001:db8:1:3::1", 1), start));
}

TEST(SourceBlocks, LeaveExemptAddressesAlone) {
  LimitOptions options = limits();
  options.exempt = {bad};
  Fixture f(options);
  EXPECT_EQ(f.violate(bad, 100, start), 0);
  EXPECT_FALSE(f.blocks.blocks(bad, start));
}

TEST(SourceBlocks, CanBeOff) {
  LimitOptions options = limits();
  options.block.violations = 0;
  Fixture f(options);
  EXPECT_EQ(f.violate(bad, 100, start), 0);
  EXPECT_FALSE(f.blocks.blocks(bad, start));
}

TEST(SourceBlocks, AreCountedWhileTheyLast) {
  Fixture f;
  f.violate(bad, 3, start);
  f.violate(good, 3, start + seconds(1));
  EXPECT_EQ(f.blocks.count(start + seconds(1)), 2U);
  EXPECT_EQ(f.blocks.count(start + seconds(30)), 1U);
  EXPECT_EQ(f.blocks.count(start + seconds(31)), 0U);
}

TEST(SourceBlocks, FollowNewLimitsAndTellWhichBlocked) {
  Fixture f;
  f.violate(bad, 3, start);
  LimitOptions stricter = limits();
  stricter.block.violations = 1;
  stricter.block.duration = hours(1);
  f.blocks.use(stricter);
  EXPECT_FALSE(f.blocks.blocks(bad, start + seconds(30))) << "a block goes on as it was";
  const auto block = f.blocks.violated(good, start);
  ASSERT_TRUE(block);
  EXPECT_EQ(block->duration, hours(1));
  EXPECT_TRUE(f.blocks.blocks(good, start + minutes(59)));
}

TEST(SourceBlocks, AreLiftedByLimitsWithoutThemAndForWhoBecomesExempt) {
  Fixture f;
  f.violate(bad, 3, start);
  f.violate(good, 3, start);
  LimitOptions options = limits();
  options.exempt = {bad};
  f.blocks.use(options);
  EXPECT_FALSE(f.blocks.blocks(bad, start));
  EXPECT_TRUE(f.blocks.blocks(good, start));
  options.block.violations = 0;
  f.blocks.use(options);
  EXPECT_FALSE(f.blocks.blocks(good, start));
  EXPECT_EQ(f.blocks.count(start), 0U);
}

TEST(SourceBlocks, StayWhileManyOthersViolateNow) {
  Fixture f;
  f.violate(bad, 3, start);
  Address other = good;
  for (int i = 0; i < 100'000; ++i) {
    other.ip[15] = static_cast<std::uint8_t>(i);
    other.ip[14] = static_cast<std::uint8_t>(i >> 8);
    other.ip[13] = static_cast<std::uint8_t>(10 + (i >> 16));
    f.violate(other, 1, start + seconds(1));
  }
  EXPECT_TRUE(f.blocks.blocks(bad, start + seconds(1)));
}

TEST(SourceBlocks, ByDefaultBearOneClientThatIsWrongEverySecond) {
  Fixture f((LimitOptions()));
  for (int second = 0; second < 600; ++second) {
    EXPECT_FALSE(f.blocks.violated(bad, start + seconds(second)));
  }
  EXPECT_EQ(f.violate(bad, 200, start + seconds(600)), 1);
}

TEST(SourceBlocks, ThatAreForgottenForOthersAreCounted) {
  Fixture f;
  Address other = good;
  EXPECT_EQ(f.blocks.evicted(), 0U);
  for (int i = 0; i < 10'000; ++i) {
    other.ip[15] = static_cast<std::uint8_t>(i);
    other.ip[14] = static_cast<std::uint8_t>(i >> 8);
    f.violate(other, 3, start);
  }
  EXPECT_EQ(f.blocks.count(start) + f.blocks.evicted(), 10'000U);
  EXPECT_GT(f.blocks.evicted(), 5'000U);
}

}  // namespace
}  // namespace gateway::net
