#include "base/ring.h"

#include <deque>
#include <memory>
#include <random>
#include <utility>

#include <gtest/gtest.h>

namespace gateway {
namespace {

TEST(Ring, GivesBackInTheOrderTaken) {
  Ring<int> ring;
  for (int i = 0; i < 10; ++i) ring.push_back(i);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(ring.pop_front(), i);
  EXPECT_TRUE(ring.empty());
}

TEST(Ring, BehavesLikeADequeWhileItWrapsAndGrows) {
  std::mt19937 random(1);
  Ring<int> ring;
  std::deque<int> model;
  for (int step = 0; step < 20000; ++step) {
    if (random() % 100 < 52 || model.empty()) {
      ring.push_back(step);
      model.push_back(step);
    } else {
      ASSERT_EQ(ring.pop_front(), model.front());
      model.pop_front();
    }
    ASSERT_EQ(ring.size(), model.size());
    if (model.empty()) continue;
    ASSERT_EQ(ring.front(), model.front());
    ASSERT_EQ(ring.back(), model.back());
    const std::size_t index = random() % model.size();
    ASSERT_EQ(ring[index], model[index]);
  }
}

TEST(Ring, ReleasesWhatItPopsAndWhatItClears) {
  const auto shared = std::make_shared<int>(1);
  Ring<std::shared_ptr<int>> ring;
  for (int i = 0; i < 5; ++i) ring.push_back(shared);
  EXPECT_EQ(shared.use_count(), 6);
  (void)ring.pop_front();
  EXPECT_EQ(shared.use_count(), 5);
  ring.clear();
  EXPECT_EQ(shared.use_count(), 1);
  EXPECT_TRUE(ring.empty());
}

TEST(Ring, KeepsItsRoomUntilItIsCleared) {
  Ring<int> ring;
  EXPECT_EQ(ring.room(), 0u);
  for (int i = 0; i < 5; ++i) ring.push_back(i);
  while (!ring.empty()) ring.pop_front();
  EXPECT_EQ(ring.room(), 8u);
  ring.clear();
  EXPECT_EQ(ring.room(), 0u);
}

TEST(Ring, MovesItsElementsAlong) {
  Ring<std::unique_ptr<int>> ring;
  ring.push_back(std::make_unique<int>(7));
  Ring<std::unique_ptr<int>> other = std::move(ring);
  ASSERT_EQ(other.size(), 1u);
  EXPECT_EQ(*other.pop_front(), 7);
}

TEST(Ring, CostsLittleWhenEmpty) {
  EXPECT_LE(sizeof(Ring<int>), 24u);
}

}  // namespace
}  // namespace gateway
