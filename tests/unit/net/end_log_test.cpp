#include "net/end_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gateway::net {
namespace {

using testing::HasSubstr;

TEST(EndLog, TellsWhatTheSessionWas) {
  session::Record record;
  record.opened = TimePoint(seconds(10));
  record.end = session::End::server_disconnect;
  record.code = 3;
  record.client_version.parts = {4, 1, 8, 3};
  record.of(session::Direction::to_client) = {.messages = 7, .encrypted = 2, .bytes = 900};

  const std::string line =
      log_text(describe_end("master", record, "udp://10.0.0.1:5055", TimePoint(milliseconds(12'500))).str());

  EXPECT_THAT(line, HasSubstr("listener=master reason=server_disconnect code=3 seconds=2.500"));
  EXPECT_THAT(line, HasSubstr("to_client[messages=7 encrypted=2 bytes=900]"));
  EXPECT_THAT(line, HasSubstr("client=4.1.8.3"));
  EXPECT_THAT(line, HasSubstr("server=udp://10.0.0.1:5055"));
}

TEST(EndLog, HasTheSameFieldsInJson) {
  session::Record record;
  record.opened = TimePoint(seconds(10));
  record.end = session::End::client_disconnect;
  record.client_version.parts = {4, 1, 8, 3};
  record.application = "chess";
  record.exchanges = 1;
  record.of(session::Direction::to_server) = {.messages = 5, .encrypted = 2, .bytes = 171};
  EXPECT_EQ(log_members(describe_end("master", record, "", TimePoint(seconds(11))).str()),
            R"("event":"session ended","listener":"master","reason":"client_disconnect","code":0,)"
            R"("seconds":1.000,"to_server":{"messages":5,"encrypted":2,"bytes":171},)"
            R"("to_client":{"messages":0,"encrypted":0,"bytes":0},"exchanges":1,"client":"4.1.8.3",)"
            R"("application":"chess","server":"-")");
}

TEST(EndLog, KeepsAnApplicationIdFromForgingFields) {
  session::Record record;
  record.application = "x\" reason=fake";
  EXPECT_THAT(log_text(describe_end("master", record, "", {}).str()),
              HasSubstr("application=\"x? reason=fake\""));
}

TEST(EndLog, TellsWhyAnAddressIsBlockedAndForHowLong) {
  session::Record record;
  record.end = session::End::bad_encryption;
  const BlockOptions block{.violations = 100, .within = minutes(1), .duration = milliseconds(1500)};
  EXPECT_EQ(log_text(describe_block("master", record, block).str()),
            "source blocked listener=master reason=bad_encryption violations=100 within_seconds=60 "
            "for_seconds=1.5");
}

TEST(EndLog, TellsWhatARuleDidForTheFirstTime) {
  const auto told = [](const policy::Finding& finding) {
    return log_text(describe_finding("master", finding).str());
  };
  EXPECT_EQ(told({policy::Kind::operation, 230, policy::Outcome::reject}),
            "an operation arrived in the clear listener=master operation=authenticate outcome=reject: "
            "further ones are only counted");
  EXPECT_EQ(
      told({policy::Kind::event, 200, policy::Outcome::drop}),
      "an event can't be sealed listener=master event_code=200 outcome=drop: further ones are only counted");
}

}  // namespace
}  // namespace gateway::net
