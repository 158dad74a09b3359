#include "net/exchange_queue.h"

#include <gtest/gtest.h>

#include "support/seeded_random.h"

namespace gateway::net {
namespace {

using session::ExchangeResult;

const TimePoint start{hours(100)};

session::ExchangeJob good_job() {
  const auto key = crypto::public_key_of(std::vector<std::uint8_t>(20, 0x11));
  return {{key.begin(), key.end()}};
}

struct Fixture {
  explicit Fixture(LimitOptions options) : limits(options), meter(options.exchanges_per_second) {}
  LimitOptions limits;
  RateMeter meter;
  test::SeededRandom random{42};
  ExchangeQueue queue{limits, meter, random};
};

TEST(ExchangeQueue, RunsAnExchangeThatTheClientWouldAgreeTo) {
  Fixture f({});
  ASSERT_TRUE(f.queue.push({7, 1}, good_job(), start));

  const auto done = f.queue.next(start);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->session, (SessionId{7, 1}));
  ASSERT_TRUE(done->outcome);
  EXPECT_EQ(done->outcome->key.size(), crypto::key_bytes);
  EXPECT_FALSE(f.queue.next(start));
}

TEST(ExchangeQueue, TellsSinceWhenAnExchangeWaited) {
  LimitOptions limits;
  limits.exchange_wait = seconds(2);
  Fixture f(limits);
  f.queue.push({1, 0}, good_job(), start);
  f.queue.push({2, 0}, good_job(), start + seconds(1));
  EXPECT_EQ(f.queue.next(start + seconds(3) - milliseconds(500))->since, start);
  EXPECT_EQ(f.queue.next(start + seconds(3) - milliseconds(500))->since, start + seconds(1));
}

TEST(ExchangeQueue, RefusesABadKey) {
  Fixture f({});
  f.queue.push({1, 0}, {{0}}, start);

  const auto done = f.queue.next(start);
  ASSERT_TRUE(done);
  ASSERT_FALSE(done->outcome);
  EXPECT_EQ(done->outcome.error(), ExchangeResult::bad_key);
}

TEST(ExchangeQueue, LetsWhatIsOverTheRateWait) {
  LimitOptions limits;
  limits.exchanges_per_second = 2;
  Fixture f(limits);
  f.queue.push({1, 0}, good_job(), start);
  f.queue.push({2, 0}, good_job(), start);

  ASSERT_TRUE(f.queue.next(start));
  EXPECT_FALSE(f.queue.next(start));
  EXPECT_EQ(f.queue.deadline(), start + milliseconds(500));
  const auto second = f.queue.next(start + milliseconds(500));
  ASSERT_TRUE(second);
  EXPECT_TRUE(second->outcome);
}

TEST(ExchangeQueue, RefusesWhatWaitedTooLongWithoutCountingItAgainstTheRate) {
  LimitOptions limits;
  limits.exchanges_per_second = 0;
  Fixture f(limits);
  f.queue.push({1, 0}, good_job(), start);

  EXPECT_FALSE(f.queue.next(start + limits.exchange_wait));
  ASSERT_EQ(f.queue.deadline(), start + limits.exchange_wait + Duration(1));
  const auto done = f.queue.next(f.queue.deadline());
  ASSERT_TRUE(done);
  ASSERT_FALSE(done->outcome);
  EXPECT_EQ(done->outcome.error(), ExchangeResult::throttled);
  EXPECT_EQ(f.queue.deadline(), never);
}

TEST(ExchangeQueue, TakesNoMoreThanItsLimit) {
  LimitOptions limits;
  limits.exchange_queue = 2;
  Fixture f(limits);

  EXPECT_TRUE(f.queue.push({1, 0}, good_job(), start));
  EXPECT_TRUE(f.queue.push({2, 0}, good_job(), start));
  EXPECT_FALSE(f.queue.push({3, 0}, good_job(), start));
}

}  // namespace
}  // namespace gateway::net
