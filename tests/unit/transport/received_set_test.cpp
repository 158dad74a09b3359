#include "transport/received_set.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "transport/unsequenced_window.h"

namespace gateway::transport {
namespace {

TEST(ReceivedSet, AdvancesOverContiguousNumbers) {
  ReceivedSet set;
  EXPECT_EQ(set.complete(), 0U);
  set.insert(1);
  set.insert(3);
  EXPECT_EQ(set.complete(), 1U);
  EXPECT_TRUE(set.contains(3));
  EXPECT_FALSE(set.contains(2));
  set.insert(2);
  EXPECT_EQ(set.complete(), 3U);
}

TEST(ReceivedSet, HoldsEveryNumberOfAShuffledRun) {
  std::vector<std::uint32_t> numbers(5000);
  std::iota(numbers.begin(), numbers.end(), 1U);
  std::mt19937 random(42);
  for (std::size_t at = 0; at < numbers.size(); at += 500) {
    std::shuffle(numbers.begin() + static_cast<std::ptrdiff_t>(at),
                 numbers.begin() + static_cast<std::ptrdiff_t>(at + 500), random);
  }
  ReceivedSet set;
  for (const std::uint32_t number : numbers) {
    ASSERT_FALSE(set.contains(number)) << number;
    set.insert(number);
    ASSERT_TRUE(set.contains(number)) << number;
  }
  EXPECT_EQ(set.complete(), 5000U);
  EXPECT_FALSE(set.contains(5001));
}

TEST(UnsequencedWindow, AcceptsEachGroupOnceInAnyOrder) {
  UnsequencedWindow window;
  EXPECT_TRUE(window.accept(2));
  EXPECT_TRUE(window.accept(1));
  EXPECT_FALSE(window.accept(2));
  EXPECT_FALSE(window.accept(1));
  EXPECT_TRUE(window.accept(127));
}

TEST(UnsequencedWindow, AcceptsAHighFirstGroup) {
  UnsequencedWindow window;
  EXPECT_TRUE(window.accept(100'000));
  EXPECT_TRUE(window.accept(100'001));
  EXPECT_FALSE(window.accept(100'000));
  EXPECT_FALSE(window.accept(99'000)) << "groups below the window are old";
}

TEST(UnsequencedWindow, MovesByMultiplesOfItsSize) {
  UnsequencedWindow window;
  EXPECT_TRUE(window.accept(130));
  EXPECT_FALSE(window.accept(127)) << "the window now begins at 128";
  EXPECT_TRUE(window.accept(128));
  EXPECT_TRUE(window.accept(255));
  EXPECT_TRUE(window.accept(0xFFFFFFFF));
  EXPECT_FALSE(window.accept(0xFFFFFFFF));
}

}  // namespace
}  // namespace gateway::transport
