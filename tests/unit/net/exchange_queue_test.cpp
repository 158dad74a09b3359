#include "net/exchange_queue.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "net/address.h"
#include "support/seeded_random.h"

namespace gateway::net {
namespace {

using session::ExchangeResult;

const TimePoint start{hours(100)};

session::ExchangeJob good_job() {
  const auto key = crypto::public_key_of(std::vector<std::uint8_t>(20, 0x11));
  return {{key.begin(), key.end()}};
}

/// Refused without much work, and counted like any other.
session::ExchangeJob cheap_job() {
  return {{0}};
}

Address address(int number) {
  return *parse_address("10.0." + std::to_string(number / 250) + "." + std::to_string(1 + number % 250),
                        5000);
}

struct Fixture {
  explicit Fixture(LimitOptions options = {}) : limits(std::move(options)) {}

  std::optional<SessionId> push(std::uint32_t session, int from, TimePoint now) {
    return queue.push({session, 0}, cheap_job(), address(from), now);
  }
  /// The sessions whose exchanges run now, in their order; it notes those that are refused.
  std::vector<std::uint32_t> run(TimePoint now) {
    std::vector<std::uint32_t> ran;
    while (const auto done = queue.next(now)) {
      const bool throttled = !done->outcome && done->outcome.error() == ExchangeResult::throttled;
      (throttled ? refused : ran).push_back(done->session.slot);
    }
    return ran;
  }

  LimitOptions limits;
  test::SeededRandom random{42};
  ExchangeRates rates{limits, random};
  std::set<std::uint32_t> dead;
  ExchangeQueue queue{limits, rates, random, [this](SessionId id) { return !dead.contains(id.slot); }};
  std::vector<std::uint32_t> refused;
};

/// 100 a second, of which one address gets 10.
LimitOptions slow() {
  LimitOptions limits;
  limits.exchanges_per_second = 100;  // and up to 10 at once
  limits.exchanges_per_address = 10;
  return limits;
}

TEST(ExchangeQueue, RunsAnExchangeThatTheClientWouldAgreeTo) {
  Fixture f;
  ASSERT_FALSE(f.queue.push({7, 1}, good_job(), address(1), start));

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
  f.push(1, 1, start);
  f.push(2, 1, start + seconds(1));
  EXPECT_EQ(f.queue.next(start + seconds(3) - milliseconds(500))->since, start);
  EXPECT_EQ(f.queue.next(start + seconds(3) - milliseconds(500))->since, start + seconds(1));
}

TEST(ExchangeQueue, RefusesABadKey) {
  Fixture f;
  f.push(1, 1, start);

  const auto done = f.queue.next(start);
  ASSERT_TRUE(done);
  ASSERT_FALSE(done->outcome);
  EXPECT_EQ(done->outcome.error(), ExchangeResult::bad_key);
}

TEST(ExchangeQueue, LetsWhatIsOverTheRateWait) {
  LimitOptions limits;
  limits.exchanges_per_second = 2;
  Fixture f(limits);
  f.push(1, 1, start);
  f.push(2, 2, start);

  ASSERT_TRUE(f.queue.next(start));
  EXPECT_FALSE(f.queue.next(start));
  EXPECT_EQ(f.queue.deadline(), start + milliseconds(500));
  EXPECT_EQ(f.run(start + milliseconds(500)), std::vector<std::uint32_t>{2});
}

TEST(ExchangeQueue, RefusesWhatWaitedTooLongWithoutCountingItAgainstTheRate) {
  LimitOptions limits;
  limits.exchanges_per_second = 0;
  Fixture f(limits);
  f.push(1, 1, start);

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

  EXPECT_FALSE(f.push(1, 1, start));
  EXPECT_FALSE(f.push(2, 2, start));
  EXPECT_EQ(f.push(3, 3, start), (SessionId{3, 0}));
}

TEST(ExchangeQueue, ForgetsThoseWhoseSessionsAreGone) {
  Fixture f;
  for (std::uint32_t session = 1; session <= 3; ++session) f.push(session, 1, start);
  f.dead = {1, 3};
  EXPECT_EQ(f.run(start), std::vector<std::uint32_t>{2});
  EXPECT_TRUE(f.queue.empty());
  EXPECT_EQ(f.queue.deadline(), never);
}

TEST(ExchangeQueue, LetsOthersPassAnAddressOverItsRate) {
  Fixture f(slow());
  for (std::uint32_t session = 1; session <= 20; ++session) f.push(session, 1, start);
  f.push(100, 2, start);
  f.push(101, 3, start);

  // The address's own one, the others, and then what is left of the lower half, 5 at once.
  EXPECT_EQ(f.run(start), (std::vector<std::uint32_t>{1, 100, 101, 2, 3}));
}

TEST(ExchangeQueue, LeavesHalfOfTheRateToOthersHoweverLongAStormLasts) {
  Fixture f(slow());
  for (std::uint32_t session = 1; session <= 1000; ++session) f.push(session, 1, start);
  std::size_t stormed = 0;
  std::size_t served = 0;
  for (int ms = 0; ms < 1000; ++ms) {
    const TimePoint now = start + milliseconds(ms);
    stormed += f.run(now).size();
    if (ms % 50 != 0) continue;  // 20 a second of others
    ASSERT_FALSE(f.push(static_cast<std::uint32_t>(2000 + ms), 2 + ms, now));
    const auto ran = f.run(now);
    ASSERT_FALSE(ran.empty()) << ms;
    EXPECT_EQ(ran.front(), static_cast<std::uint32_t>(2000 + ms));
    ++served;
    stormed += ran.size() - 1;
  }
  EXPECT_EQ(served, 20U);
  EXPECT_LE(stormed, 5U + 50 + 1 + 10);
  EXPECT_TRUE(f.refused.empty());
}

TEST(ExchangeQueue, KeepsTheOrderWithinAnAddress) {
  Fixture f(slow());
  std::map<std::uint32_t, std::vector<std::uint32_t>> ran;  // by address
  for (std::uint32_t i = 0; i < 60; ++i) f.push(i, static_cast<int>(i % 2), start);
  for (int ms = 0; ms < 1000; ms += 5) {
    for (const std::uint32_t session : f.run(start + milliseconds(ms))) ran[session % 2].push_back(session);
  }
  for (const auto& [from, sessions] : ran) EXPECT_TRUE(std::is_sorted(sessions.begin(), sessions.end()));
  EXPECT_EQ(ran[0].size() + ran[1].size(), 60U);
}

TEST(ExchangeQueue, RefusesWhatIsOverTheRateOfItsAddressOnlyAfterTheWait) {
  LimitOptions limits = slow();
  limits.exchanges_per_second = 20;
  Fixture f(limits);
  for (std::uint32_t session = 1; session <= 100; ++session) f.push(session, 1, start);
  std::size_t ran = 0;
  for (int ms = 0; start + milliseconds(ms) <= start + limits.exchange_wait; ++ms) {
    ran += f.run(start + milliseconds(ms)).size();
  }
  EXPECT_TRUE(f.refused.empty());
  EXPECT_GE(ran, 15U);
  f.run(start + limits.exchange_wait + Duration(1));
  EXPECT_EQ(f.refused.size() + ran, 100U);
}

TEST(ExchangeQueue, WakesWhenAnAddressMayGoOn) {
  Fixture f(slow());
  for (std::uint32_t session = 1; session <= 20; ++session) f.push(session, 1, start);
  const std::size_t ran = f.run(start).size();
  EXPECT_EQ(ran, 5U);
  const TimePoint next = f.queue.deadline();
  EXPECT_GT(next, start);
  EXPECT_LE(next, start + milliseconds(20));
  EXPECT_FALSE(f.run(next).empty());
  f.push(30, 2, next);
  EXPECT_LE(f.queue.deadline(), next);
}

TEST(ExchangeQueue, GivesKeysTo500ClientsBehindOneAddressWithin2Seconds) {
  for (const int spread : {1, 2000}) {  // ms: all at once, or one after the other
    Fixture f;
    std::size_t ran = 0;
    for (int ms = 0; ms < 2000; ++ms) {
      const TimePoint now = start + milliseconds(ms);
      const int first = 500 * std::min(ms, spread) / spread;
      const int last = 500 * std::min(ms + 1, spread) / spread;
      for (int i = first; i < last; ++i) ASSERT_FALSE(f.push(static_cast<std::uint32_t>(i), 1, now));
      ran += f.run(now).size();
    }
    EXPECT_EQ(ran, 500U) << spread;
    EXPECT_TRUE(f.refused.empty());
  }
}

TEST(ExchangeQueue, HoldsNoExemptAddressBack) {
  LimitOptions limits = slow();
  limits.exempt = {address(1)};
  Fixture f(limits);
  for (std::uint32_t session = 1; session <= 20; ++session) f.push(session, 1, start);
  EXPECT_EQ(f.run(start).size(), 10U);
}

TEST(ExchangeQueue, CountsAnIpv6NetworkAsOneAddress) {
  Fixture f(slow());
  for (std::uint32_t session = 1; session <= 20; ++session) {
    const auto from = *parse_address("2001:db8:1:2::" + std::to_string(session), 1);
    f.queue.push({session, 0}, cheap_job(), from, start);
  }
  f.queue.push({100, 0}, cheap_job(), *parse_address("2001:db8:1:3::1", 1), start);
  const auto ran = f.run(start);
  ASSERT_EQ(ran.size(), 5U);
  EXPECT_EQ(ran[1], 100U);
}

TEST(ExchangeQueue, WhenFullGivesTheNewestOverItsRateUpForAnother) {
  LimitOptions limits = slow();
  limits.exchange_queue = 10;
  Fixture f(limits);
  for (std::uint32_t session = 1; session <= 15; ++session) f.push(session, 1, start);
  f.run(start);
  for (std::uint32_t session = 16; f.queue.size() < 10; ++session) f.push(session, 1, start);

  EXPECT_EQ(f.push(50, 1, start), (SessionId{50, 0}));  // over its rate itself
  const auto given_up = f.push(100, 2, start);
  ASSERT_TRUE(given_up);
  EXPECT_GT(given_up->slot, 10U);
  EXPECT_LT(given_up->slot, 50U);
  EXPECT_EQ(f.queue.size(), 10U);
  EXPECT_EQ(f.run(start + milliseconds(1)).front(), 100U);
}

TEST(ExchangeQueue, GoesByANewLengthAndWaitAtOnce) {
  Fixture f(slow());
  for (std::uint32_t session = 1; session <= 30; ++session) f.push(session, 1, start);
  f.run(start);
  const std::size_t before = f.queue.size();
  ASSERT_GT(before, 2U);
  f.queue.use(2, milliseconds(100));
  EXPECT_EQ(f.queue.size(), before) << "who waits goes on waiting";
  EXPECT_EQ(f.push(100, 1, start), (SessionId{100, 0}));
  f.run(start + milliseconds(101));
  EXPECT_EQ(f.queue.size(), 0U);
  EXPECT_GT(f.refused.size(), 0U);
}

TEST(ExchangeQueue, GoesByNewRatesAtOnce) {
  Fixture f(slow());
  for (std::uint32_t i = 0; i < 40; ++i) f.push(i, 1, start);
  const std::size_t before = f.run(start).size();
  ASSERT_LT(before, 40U);
  LimitOptions faster = slow();
  faster.exchanges_per_second = 10'000;
  faster.exchanges_per_address = 10'000;
  f.rates.use(faster);
  f.queue.rates_changed();
  EXPECT_EQ(f.run(start + milliseconds(100)).size(), 40 - before);
}

}  // namespace
}  // namespace gateway::net
