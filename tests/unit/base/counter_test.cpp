#include "base/counter.h"

#include <gtest/gtest.h>

namespace gateway {
namespace {

TEST(Counter, AddsSubtractsAndSets) {
  Counter counter;
  EXPECT_EQ(counter.value(), 0u);
  counter.add();
  counter.add(41);
  EXPECT_EQ(counter.value(), 42u);
  counter.subtract(2);
  EXPECT_EQ(counter.value(), 40u);
  counter.set(7);
  EXPECT_EQ(counter.value(), 7u);
}

}  // namespace
}  // namespace gateway
