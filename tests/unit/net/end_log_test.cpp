#include "net/end_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gateway::net {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(EndLog, TellsWhatTheSessionWas) {
  session::Record record;
  record.opened = TimePoint(seconds(10));
  record.end = session::End::server_disconnect;
  record.code = 3;
  record.client_version.parts = {4, 1, 8, 3};
  record.of(session::Direction::to_client) = {.messages = 7, .encrypted = 2, .bytes = 900};

  const std::string line =
      describe_end("master", record, "udp://10.0.0.1:5055", TimePoint(milliseconds(12'500)));

  EXPECT_THAT(line, HasSubstr("listener=master reason=server_disconnect code=3 seconds=2.500"));
  EXPECT_THAT(line, HasSubstr("to_client[messages=7 encrypted=2 bytes=900]"));
  EXPECT_THAT(line, HasSubstr("client=4.1.8.3"));
  EXPECT_THAT(line, HasSubstr("server=udp://10.0.0.1:5055"));
}

TEST(EndLog, KeepsAnApplicationIdFromForgingFields) {
  session::Record record;
  record.application = "x\" reason=fake";
  EXPECT_THAT(describe_end("master", record, "", {}), HasSubstr("application=\"x? reason=fake\""));
}

TEST(EndLog, TellsWhyAnAddressIsBlockedAndForHowLong) {
  session::Record record;
  record.end = session::End::bad_encryption;
  EXPECT_EQ(describe_block("master", record,
                           {.violations = 100, .within = minutes(1), .duration = milliseconds(1500)}),
            "source blocked listener=master reason=bad_encryption violations=100 within_seconds=60 "
            "for_seconds=1.5");
}

TEST(EndLog, TellsWhatARuleDidForTheFirstTime) {
  EXPECT_EQ(describe_finding("master", {policy::Kind::operation, 230, policy::Outcome::reject}),
            "an operation arrived in the clear listener=master operation=authenticate outcome=reject; "
            "further ones are only counted");
  EXPECT_EQ(describe_finding("master", {policy::Kind::event, 200, policy::Outcome::drop}),
            "an event can't be sealed listener=master event=200 outcome=drop; further ones are only counted");
}

}  // namespace
}  // namespace gateway::net
