#include "net/memory_budget.h"

#include <gtest/gtest.h>

#include "base/buffer_pool.h"

namespace gateway::net {
namespace {

const TimePoint start{hours(1)};

TEST(MemoryBudget, IsFullFromNinetyPercentOn) {
  MemoryBudget budget(1000);
  budget.change(0, 899);
  EXPECT_FALSE(budget.full());
  budget.change(899, 900);
  EXPECT_TRUE(budget.full());
  EXPECT_FALSE(budget.crowded());
  budget.change(900, 10);
  EXPECT_FALSE(budget.full());
}

TEST(MemoryBudget, IsCrowdedBeyondNinetyFivePercent) {
  MemoryBudget budget(1000);
  budget.change(0, 950);
  EXPECT_FALSE(budget.crowded());
  budget.change(950, 951);
  EXPECT_TRUE(budget.crowded());
}

TEST(MemoryBudget, HasAnExcessDownToEightyFivePercentSoThatNewPlayersComeInAgain) {
  MemoryBudget budget(1000);
  budget.change(0, 850);
  EXPECT_EQ(budget.excess(), 0U);
  budget.change(850, 1500);
  EXPECT_EQ(budget.excess(), 650U);
}

TEST(MemoryBudget, WithoutALimitIsNeverFull) {
  MemoryBudget budget(std::nullopt);
  budget.change(0, std::size_t{1} << 60);
  EXPECT_FALSE(budget.full());
  EXPECT_EQ(budget.excess(), 0U);
}

TEST(MemoryShare, SumsUpWhatShardsPublish) {
  MemoryBudget budget(1000);
  Counter first_bytes;
  Counter second_bytes;
  MemoryShare first(budget, first_bytes);
  MemoryShare second(budget, second_bytes);
  first.publish(300);
  second.publish(200);
  first.publish(100);
  EXPECT_EQ(budget.used(), 300U);
  EXPECT_EQ(first_bytes.value(), 100U);
  first.publish(0);
  second.publish(0);
  EXPECT_EQ(budget.used(), 0U);
}

TEST(MemoryShare, FreesItsPartOfTheExcess) {
  MemoryBudget budget(1000);
  Counter large_bytes;
  Counter small_bytes;
  MemoryShare large(budget, large_bytes);
  MemoryShare small(budget, small_bytes);
  large.publish(900);
  small.publish(300);
  EXPECT_EQ(budget.excess(), 350U);
  EXPECT_EQ(large.take_excess(start), 263U);
  EXPECT_EQ(small.take_excess(start), 88U);
}

TEST(MemoryShare, LooksAtItsSessionsOnceAnInterval) {
  MemoryBudget budget(1000);
  Counter bytes;
  MemoryShare share(budget, bytes);
  EXPECT_EQ(share.take_excess(start), 0U);
  EXPECT_EQ(share.deadline(), never);
  share.publish(2000);
  EXPECT_LE(share.deadline(), start);
  EXPECT_GT(share.take_excess(start), 0U);
  EXPECT_EQ(share.deadline(), start + MemoryShare::interval);
  EXPECT_EQ(share.take_excess(start + MemoryShare::interval - milliseconds(1)), 0U);
  EXPECT_GT(share.take_excess(start + MemoryShare::interval), 0U);
  share.publish(0);
  EXPECT_EQ(share.deadline(), never);
}

TEST(MemoryShare, WaitsAWhileWhenTheBudgetIsFullButNotCrowded) {
  MemoryBudget budget(1000);
  Counter bytes;
  MemoryShare share(budget, bytes);
  share.publish(920);
  EXPECT_EQ(share.take_excess(start), 0U);
  EXPECT_EQ(share.deadline(), start + MemoryShare::patience);
  EXPECT_EQ(share.take_excess(start + MemoryShare::patience - milliseconds(1)), 0U);
  EXPECT_EQ(share.take_excess(start + MemoryShare::patience), 70U);
}

TEST(MemoryShare, BeginsToWaitAnewAfterThereWasRoom) {
  MemoryBudget budget(1000);
  Counter bytes;
  MemoryShare share(budget, bytes);
  share.publish(920);
  EXPECT_EQ(share.take_excess(start), 0U);
  share.publish(100);
  EXPECT_EQ(share.take_excess(start + seconds(1)), 0U);
  share.publish(920);
  EXPECT_EQ(share.take_excess(start + seconds(4)), 0U);
  EXPECT_EQ(share.take_excess(start + MemoryShare::patience + seconds(1)), 0U);
  EXPECT_EQ(share.take_excess(start + MemoryShare::patience + seconds(4)), 70U);
}

TEST(KeptBytes, OfAllShardsStayFarBelowTheLimit) {
  EXPECT_EQ(kept_bytes_of_shard(std::nullopt, 4), BufferPool::kept_bytes_max);
  EXPECT_EQ(kept_bytes_of_shard(std::size_t{1} << 30, 4), BufferPool::kept_bytes_max);
  EXPECT_EQ(kept_bytes_of_shard(std::size_t{16} << 20, 1), std::size_t{1} << 20);
  EXPECT_EQ(kept_bytes_of_shard(std::size_t{16} << 20, 64), std::size_t{16} << 10);
}

}  // namespace
}  // namespace gateway::net
