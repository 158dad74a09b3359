#include "session/capture.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/session/udp_peers.h"

namespace gateway::session {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// A session that is captured from its begin.
class CaptureTest : public SessionTest {
 protected:
  void begin_captured(const Text& init = init_16()) {
    initialize(init);
    session->capture(&capture);
  }

  /// What was captured since the last time, without its time.
  std::vector<std::string> captured() {
    std::vector<std::string> lines;
    while (auto line = capture.next_line()) {
      EXPECT_THAT(*line, testing::MatchesRegex(R"(\{"seconds":[0-9]+\.[0-9]{6},.*\})"));
      lines.push_back("{" + line->substr(line->find(',') + 1));
    }
    return lines;
  }

  Capture capture{now};
};

TEST_F(CaptureTest, TellsWhatPassesBothWays) {
  begin_captured();
  from_client({0xF3, 0x02, 230, 0, 1, 220, 0x73, 0, 3, '1', '.', '0'}, 1);
  from_server({0xF3, 0x03, 230, 0, 0, 0x2A, 0, 0});
  from_server({0xF3, 0x04, 255, 0, 1, 254, 0x69, 0, 0, 0, 7});
  EXPECT_THAT(
      captured(),
      ElementsAre(
          R"({"direction":"to_server","channel":1,"delivery":"reliable","type":"request","bytes":12,)"
          R"("code":230,"parameters":{"220":"1.0"},"name":"authenticate","encrypted":false,)"
          R"("fate":"forwarded"})",
          R"({"direction":"to_client","channel":0,"delivery":"reliable","type":"response","bytes":8,)"
          R"("code":230,"return_code":0,"text":null,"parameters":{},"name":"authenticate",)"
          R"("encrypted":false,"fate":"forwarded"})",
          R"({"direction":"to_client","channel":0,"delivery":"reliable","type":"event","bytes":11,)"
          R"("code":255,"parameters":{"254":7},"name":"join","encrypted":false,"fate":"forwarded"})"));
}

TEST_F(CaptureTest, TellsWhatWasEncryptedAndNothingOfKeys) {
  begin_captured();
  test::PhotonCrypto crypto = exchange_keys();
  const std::vector<std::string> exchange = captured();
  ASSERT_EQ(exchange.size(), 1U);
  EXPECT_THAT(exchange[0], HasSubstr(R"("type":"internal_request")"));
  EXPECT_THAT(exchange[0], HasSubstr(R"("key_exchange":true,"encrypted":false,"fate":"kept"})"));
  EXPECT_THAT(exchange[0], Not(HasSubstr("parameters")));

  Text sealed = crypto.seal(Text{1, 0, 1, 221, 0x73, 0, 3, 'a', 'b', 'c'});
  sealed.insert(sealed.begin(), {0xF3, 0x82});
  from_client(sealed);
  pass_time(seconds(1));
  from_server({0xF3, 0x03, 1, 0, 0, 0x2A, 0, 0});
  EXPECT_THAT(captured(),
              ElementsAre(testing::EndsWith(R"("type":"request","bytes":12,"code":1,)"
                                            R"("parameters":{"221":"redacted"},"encrypted":true,)"
                                            R"("fate":"forwarded"})"),
                          testing::EndsWith(R"("type":"response","bytes":8,"code":1,"return_code":0,)"
                                            R"("text":null,"parameters":{},"encrypted":true,)"
                                            R"("fate":"forwarded"})")));
}

TEST_F(CaptureTest, TellsOfWhatCannotBeReadOnlyItsSize) {
  begin_captured();
  from_client({0xF3, 0x02, 1, 0, 1, 221, 0x73, 0, 9, 's', 'e', 'c'});
  from_client({0x01, 0x02, 's', 'e', 'c'});
  const auto lines = captured();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_THAT(lines[0], HasSubstr(R"("type":"request","bytes":12,"encrypted":false)"));
  EXPECT_THAT(lines[1], HasSubstr(R"("type":"unreadable","bytes":5,"encrypted":false)"));
}

TEST_F(CaptureTest, TellsOfWhatStaysEncryptedOnlyItsSize) {
  begin_captured(init_with_token());
  from_client({0xF3, 0x82, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
  EXPECT_THAT(captured(),
              ElementsAre(testing::EndsWith(R"("type":"request","bytes":18,"opaque":true,"encrypted":false,)"
                                            R"("fate":"forwarded"})")));
}

TEST_F(CaptureTest, TellsWhatARuleKept) {
  options.rules.operations.push_back(
      {.operations = policy::Codes().set(230), .otherwise = policy::Refusal::reject});
  begin_captured();
  from_client({0xF3, 0x02, 230, 0, 1, 221, 0x73, 0, 3, 's', 'e', 'c'});
  EXPECT_THAT(captured(),
              ElementsAre(testing::EndsWith(R"("parameters":{"221":"redacted"},"name":"authenticate",)"
                                            R"("encrypted":false,"fate":"kept"})")));
}

TEST_F(CaptureTest, TellsWhatEndedTheSession) {
  begin_captured();
  from_client({0xF3, 0x82, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
  EXPECT_THAT(captured(), ElementsAre(HasSubstr(R"("opaque":true,"encrypted":false,"fate":"ended"})")));
}

TEST_F(CaptureTest, StopsWhenItIsTakenAway) {
  begin_captured();
  session->capture(nullptr);
  from_client({0xF3, 0x02, 1, 0, 0});
  EXPECT_TRUE(captured().empty());
}

TEST_F(CaptureTest, CountsLinesThatNobodyTakes) {
  Message message;
  message.payload.bytes = bytes_of("x");
  std::size_t kept = 0;
  for (int i = 0; i < 20'000; ++i) {
    capture.message(Side::downstream, message, message::Serialization::v16, true, now);
    capture.decided(Fate::forwarded, false);
  }
  std::size_t bytes = 0;
  for (; auto line = capture.next_line(); ++kept) bytes += line->size();
  EXPECT_LE(bytes, Capture::waiting_max);
  EXPECT_GT(kept, 1000U);
  EXPECT_EQ(kept + capture.dropped(), 20'000U);
}

TEST_F(CaptureTest, TellsOfTheJsonModeOnlySizes) {
  const Message message{.payload = {.bytes = bytes_of("~m~3~m~abc"), .form = transport::Form::text},
                        .envelope = {},
                        .encrypted = false,
                        .replaced = {}};
  capture.message(Side::downstream, message, message::Serialization::v16, false, now);
  capture.decided(Fate::forwarded, false);
  EXPECT_THAT(captured(), ElementsAre(R"({"direction":"to_server","channel":0,"delivery":"reliable",)"
                                      R"("type":"json","bytes":10,"encrypted":false,"fate":"forwarded"})"));
}

}  // namespace
}  // namespace gateway::session
