#include "transport/numbered_ring.h"

#include <gtest/gtest.h>

#include "transport/channel_table.h"

namespace gateway::transport {
namespace {

TEST(NumberedRing, FindsSlotsByNumber) {
  NumberedRing<int> ring;
  ring.open(1) = 10;
  ring.open(4) = 40;
  EXPECT_EQ(*ring.find(1), 10);
  EXPECT_EQ(*ring.find(3), 0);
  EXPECT_EQ(*ring.find(4), 40);
  EXPECT_EQ(ring.find(0), nullptr);
  EXPECT_EQ(ring.find(5), nullptr);
  EXPECT_EQ(ring.end(), 5U);
}

TEST(NumberedRing, MovesItsFirstNumberWithOrWithoutSlots) {
  NumberedRing<int> ring;
  ring.pop_front();
  EXPECT_EQ(ring.first(), 2U);
  ring.open(2) = 20;
  EXPECT_EQ(ring.pop_front(), 20);
  EXPECT_EQ(ring.first(), 3U);
  EXPECT_EQ(ring.find(2), nullptr);
}

TEST(NumberedRing, KeepsNumberingAfterGivingItsMemoryBack) {
  NumberedRing<int> ring;
  ring.open(1000) = 1;
  for (int i = 0; i < 1000; ++i) ring.pop_front();
  EXPECT_TRUE(ring.empty());
  EXPECT_EQ(ring.first(), 1001U);
  ring.open(1001) = 5;
  EXPECT_EQ(*ring.find(1001), 5);
}

TEST(NumberedRing, RestartsAtAnyNumber) {
  NumberedRing<int> ring;
  ring.open(3) = 3;
  ring.restart(90);
  EXPECT_TRUE(ring.empty());
  ring.open(91) = 91;
  EXPECT_EQ(ring.size(), 2U);
  EXPECT_EQ(*ring.find(91), 91);
}

TEST(ChannelTable, MakesStateByTheFirstUseAndIteratesInOrder) {
  ChannelTable<int> table;
  EXPECT_EQ(table.find(0), nullptr);
  table.open(255) = 3;
  int& low = table.open(0);
  low = 1;
  table.open(7) = 2;
  EXPECT_EQ(&table.open(0), &low);
  int expected = 1;
  for (const auto& entry : table) EXPECT_EQ(*entry.state, expected++);
  EXPECT_EQ(expected, 4);
  EXPECT_EQ(table.find(8), nullptr);
}

}  // namespace
}  // namespace gateway::transport
