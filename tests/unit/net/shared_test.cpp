#include "net/shared.h"

#include <gtest/gtest.h>

#include "net/address.h"
#include "support/seeded_random.h"

namespace gateway::net {
namespace {

LimitOptions limits(std::size_t sessions, std::size_t per_address) {
  LimitOptions options;
  options.sessions = sessions;
  options.sessions_per_address = per_address;
  return options;
}

void open(Admission& admission, const char* ip, int times) {
  for (int i = 0; i < times; ++i) admission.opened(*parse_address(ip, static_cast<std::uint16_t>(1000 + i)));
}

TEST(Admission, EndsAtTheLimitOfAllSessions) {
  Admission admission(limits(2, 100));
  const Address client = *parse_address("10.0.0.1", 1);
  admission.opened(client);
  EXPECT_EQ(admission.check(client), std::nullopt);
  admission.opened(client);
  EXPECT_EQ(admission.check(client), Rejection::sessions);
  admission.closed(client);
  EXPECT_EQ(admission.check(client), std::nullopt);
}

TEST(Admission, LetsOneAddressHaveManyWhileThereIsRoom) {
  Admission admission(limits(100, 3));
  open(admission, "10.0.0.1", 50);
  EXPECT_EQ(admission.check(*parse_address("10.0.0.1", 9)), std::nullopt);
}

TEST(Admission, HoldsAnAddressToItsLimitOverHalf) {
  Admission admission(limits(100, 3));
  open(admission, "10.0.0.1", 48);
  open(admission, "10.0.0.2", 3);
  EXPECT_EQ(admission.check(*parse_address("10.0.0.2", 9)), Rejection::sessions_per_address);
  EXPECT_EQ(admission.check(*parse_address("10.0.0.3", 9)), std::nullopt);
}

TEST(Admission, NewLimitsHoldForWhoComesNextAndEndNobody) {
  Admission admission(limits(100, 100));
  open(admission, "10.0.0.1", 10);
  admission.use(limits(10, 3));
  EXPECT_EQ(admission.sessions(), 10U);
  EXPECT_EQ(admission.check(*parse_address("10.0.0.2", 9)), Rejection::sessions);
  admission.use(limits(16, 3));
  EXPECT_EQ(admission.check(*parse_address("10.0.0.1", 9)), Rejection::sessions_per_address);
  EXPECT_EQ(admission.check(*parse_address("10.0.0.2", 9)), std::nullopt);
}

TEST(Admission, KnowsWhoHasASession) {
  Admission admission(limits(100, 100));
  const Address client = *parse_address("2001:db8:1:2::1", 1);
  EXPECT_FALSE(admission.has_session(client));
  admission.opened(client);
  EXPECT_TRUE(admission.has_session(*parse_address("2001:db8:1:2::9", 7)));
  admission.closed(client);
  EXPECT_FALSE(admission.has_session(client));
}

TEST(Shared, WhileDrainingAdmitsOnlyWhoIsHereOrWasLately) {
  constexpr TimePoint now{hours(1)};
  test::SeededRandom random{1};
  Options options;
  options.limits = limits(100, 100);
  Shared shared(options, random, now);
  const Address here = *parse_address("10.0.0.1", 1);
  const Address lately = *parse_address("10.0.0.2", 1);
  const Address stranger = *parse_address("10.0.0.3", 1);
  shared.admission.opened(here);
  shared.recent.note(lately, now);
  EXPECT_EQ(shared.rejection_of(stranger, now), std::nullopt);
  shared.draining = true;
  EXPECT_EQ(shared.rejection_of(here, now), std::nullopt);
  EXPECT_EQ(shared.rejection_of(lately, now), std::nullopt);
  EXPECT_EQ(shared.rejection_of(stranger, now), Rejection::draining);
  EXPECT_EQ(shared.rejection_of(lately, now + seconds(31)), Rejection::draining);
  shared.stopping = true;
  EXPECT_EQ(shared.rejection_of(here, now), Rejection::stopping);
}

TEST(Shared, RejectsForWhatCountsMost) {
  constexpr TimePoint now{hours(1)};
  test::SeededRandom random{1};
  Options options;
  options.limits = limits(100, 100);
  options.limits.memory = 1000;
  options.limits.block.violations = 1;
  Shared shared(options, random, now);
  const Address client = *parse_address("10.0.0.1", 1);
  const auto rejection = [&] { return shared.rejection_of(client, now); };
  EXPECT_EQ(rejection(), std::nullopt);
  shared.memory.change(0, 900);
  EXPECT_EQ(rejection(), Rejection::memory);
  shared.use(limits(0, 100));
  EXPECT_EQ(rejection(), Rejection::sessions);
  shared.draining = true;
  EXPECT_EQ(rejection(), Rejection::draining);
  shared.use(options.limits);
  ASSERT_TRUE(shared.blocks.violated(client, now));
  EXPECT_EQ(rejection(), Rejection::blocked);
  shared.stopping = true;
  EXPECT_EQ(rejection(), Rejection::stopping);
}

TEST(Shared, NewLimitsHoldForAllThatIsLimited) {
  constexpr TimePoint now{hours(1)};
  test::SeededRandom random{1};
  Options options;
  options.limits.exchanges_per_second = 1;
  options.limits.block.violations = 0;
  Shared shared(options, random, now);
  const Address client = *parse_address("10.0.0.1", 1);
  LimitOptions wanted = limits(0, 100);
  wanted.exchanges_per_second = 0;
  wanted.exchanges_per_address = 0;
  wanted.block.violations = 1;
  shared.use(wanted);
  EXPECT_EQ(shared.exchanges.next(), never);
  EXPECT_EQ(shared.exchanges.next(shared.exchanges.source_of(client)), never);
  EXPECT_EQ(shared.exchanges.next_over_rate(), never);
  EXPECT_EQ(shared.rejection_of(client, now), Rejection::sessions);
  EXPECT_TRUE(shared.blocks.violated(client, now));
  wanted.exempt = {client};
  shared.use(wanted);
  EXPECT_EQ(shared.exchanges.next(shared.exchanges.source_of(client)), TimePoint{});
}

TEST(Admission, CountsAnIpv6NetworkAsOne) {
  Admission admission(limits(100, 3));
  open(admission, "2001:db8:1:2::1", 51);
  EXPECT_EQ(admission.check(*parse_address("2001:db8:1:2:ffff::7", 9)), Rejection::sessions_per_address);
  EXPECT_EQ(admission.check(*parse_address("2001:db8:1:3::1", 9)), std::nullopt);
}

TEST(Admission, ExemptsWholeAddressesWhateverTheirPort) {
  LimitOptions options = limits(100, 3);
  options.exempt = {*parse_address("127.0.0.1", 0)};
  Admission admission(options);
  open(admission, "127.0.0.1", 60);
  EXPECT_EQ(admission.check(*parse_address("127.0.0.1", 4000)), std::nullopt);
}

TEST(ToldFindings, AreToldOnceAListenerCodeAndOutcome) {
  ToldFindings told;
  const policy::Finding finding{policy::Kind::operation, 230, policy::Outcome::reject};
  EXPECT_TRUE(told.first(0, finding));
  EXPECT_FALSE(told.first(0, finding));
  EXPECT_TRUE(told.first(1, finding));
  EXPECT_TRUE(told.first(0, {policy::Kind::operation, 231, policy::Outcome::reject}));
  EXPECT_TRUE(told.first(0, {policy::Kind::operation, 230, policy::Outcome::log}));
  EXPECT_TRUE(told.first(0, {policy::Kind::event, 230, policy::Outcome::drop}));
}

}  // namespace
}  // namespace gateway::net
