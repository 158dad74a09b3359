#include "net/shared.h"

#include <gtest/gtest.h>

#include "net/address.h"

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
