#include "base/buffer_pool.h"

#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "support/vectors.h"

namespace gateway {
namespace {

TEST(BufferPool, GivesBuffersOfExactlyTheSizeAskedFor) {
  BufferPool pool;
  for (const std::size_t size : {0u, 1u, 63u, 64u, 65u, 1200u, 512000u}) {
    const Buffer buffer = pool.take(size);
    EXPECT_TRUE(buffer);
    EXPECT_EQ(buffer.size(), size);
    EXPECT_EQ(buffer.bytes().size(), size);
  }
}

TEST(BufferPool, KeepsNoMoreThanItMay) {
  BufferPool pool(1000);
  for (int i = 0; i < 2; ++i) {
    const Buffer one = pool.take(512);
    const Buffer other = pool.take(512);
    EXPECT_EQ(pool.lent_bytes(), 1024U);
  }
  EXPECT_EQ(pool.surplus_bytes(), 24U);
  EXPECT_FALSE(pool.trim());
  EXPECT_EQ(pool.kept_bytes(), 512U);
  EXPECT_EQ(pool.surplus_bytes(), 0U);
}

TEST(BufferPool, FreesWhatCameBackAFewAtATimeOfTheSizeThatTakesMost) {
  BufferPool pool(64 * 100);
  std::vector<Buffer> buffers;
  for (int i = 0; i < 100; ++i) buffers.push_back(pool.take(64));
  for (int i = 0; i < 20; ++i) buffers.push_back(pool.take(1024));
  buffers.clear();
  EXPECT_EQ(pool.kept_bytes(), 64U * 100 + 20 * 1024) << "nothing is freed while a session ends";
  EXPECT_TRUE(pool.trim());
  EXPECT_EQ(pool.kept_bytes(), 64U * 100 + 12 * 1024);
  while (pool.trim()) {
  }
  EXPECT_LE(pool.kept_bytes(), 64U * 100);
  EXPECT_GT(pool.kept_bytes(), 64U * 100 - 1024);
}

TEST(BufferPool, LendsTheNextPowerOfTwo) {
  BufferPool pool;
  const Buffer small = pool.take(1);
  EXPECT_EQ(pool.lent_bytes(), 64u);
  const Buffer exact = pool.take(128);
  EXPECT_EQ(pool.lent_bytes(), 64u + 128u);
  const Buffer larger = pool.take(129);
  EXPECT_EQ(pool.lent_bytes(), 64u + 128u + 256u);
}

TEST(BufferPool, ReusesWhatCameBack) {
  BufferPool pool;
  const std::uint8_t* first = pool.take(100).bytes().data();
  EXPECT_EQ(pool.lent_bytes(), 0u);
  EXPECT_EQ(pool.kept_bytes(), 128u);
  const Buffer again = pool.take(128);
  EXPECT_EQ(again.bytes().data(), first);
  EXPECT_EQ(pool.kept_bytes(), 0u);
}

TEST(BufferPool, KeepsNoMoreThanItsLimit) {
  BufferPool pool;
  {
    const Buffer one = pool.take(BufferPool::kept_bytes_max);
    const Buffer two = pool.take(64);
  }
  EXPECT_EQ(pool.lent_bytes(), 0u);
  while (pool.trim()) {
  }
  EXPECT_LE(pool.kept_bytes(), BufferPool::kept_bytes_max);
}

TEST(BufferPool, CopiesBytes) {
  BufferPool pool;
  const auto bytes = test::from_hex("010203");
  const Buffer copy = pool.copy(bytes);
  EXPECT_NE(copy.bytes().data(), bytes.data());
  EXPECT_EQ(test::to_hex(copy.bytes()), "010203");
}

TEST(Buffer, GoesBackOnceHoweverOftenItMoved) {
  BufferPool pool;
  {
    Buffer first = pool.take(64);
    Buffer second = std::move(first);
    Buffer third;
    EXPECT_FALSE(third);
    third = std::move(second);
    EXPECT_TRUE(third);
    EXPECT_EQ(pool.lent_bytes(), 64u);
    third = pool.take(256);
    EXPECT_EQ(pool.lent_bytes(), 256u);
  }
  EXPECT_EQ(pool.lent_bytes(), 0u);
}

}  // namespace
}  // namespace gateway
