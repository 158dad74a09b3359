#include "base/log_line.h"

#include <gtest/gtest.h>

namespace gateway {
namespace {

LogLine line_of_a_session(std::string_view application) {
  LogLine line("session ended");
  line.text("listener", "master")
      .number("code", 3)
      .seconds("seconds", milliseconds(2500))
      .group("to_server")
      .number("messages", 7)
      .number("bytes", 900)
      .end_group()
      .quoted("application", application)
      .text("server", "udp://[::1]:5055")
      .note("and a note");
  return line;
}

TEST(LogLine, IsKeysAndValuesForPeople) {
  EXPECT_EQ(log_text(line_of_a_session("chess").str()),
            "session ended listener=master code=3 seconds=2.500 to_server[messages=7 bytes=900] "
            "application=\"chess\" server=udp://[::1]:5055: and a note");
}

TEST(LogLine, IsMembersWithTheirTypesInJson) {
  EXPECT_EQ(log_members(line_of_a_session("chess").str()),
            R"("event":"session ended","listener":"master","code":3,"seconds":2.500,)"
            R"("to_server":{"messages":7,"bytes":900},"application":"chess","server":"udp://[::1]:5055",)"
            R"("note":"and a note")");
}

TEST(LogLine, KeepsSomebodyElsesTextFromForgingFieldsOrLines) {
  const std::string forged =
      "x\" reason=fake\n2026 info\x1f"
      "nseconds\x1e"
      "1\\";
  EXPECT_EQ(log_text(LogLine("e").quoted("application", forged).number("n", 1).str()),
            "e application=\"x? reason=fake?2026 info?nseconds?1?\" n=1");
  EXPECT_EQ(log_members(LogLine("e").quoted("application", forged).number("n", 1).str()),
            R"("event":"e","application":"x\" reason=fake\u000a2026 info?nseconds?1\\","n":1)");
}

TEST(LogLine, PutsInQuotesWhatIsNoWord) {
  EXPECT_EQ(log_text(LogLine("e").text("k", "two words").text("l", "a=b").text("m", "").str()),
            "e k=\"two words\" l=\"a=b\" m=\"\"");
}

TEST(LogLine, WritesNumbersAsJsonDoes) {
  EXPECT_EQ(log_members(LogLine("e").number("a", -7).number("b", 1.5).number("c", 60.0).str()),
            R"("event":"e","a":-7,"b":1.5,"c":60)");
}

TEST(LogLine, TakesAnyTextAsAnEvent) {
  EXPECT_EQ(log_text("a message"), "a message");
  EXPECT_EQ(log_text("two\nlines"), "two?lines");
  EXPECT_EQ(log_members("say \"hi\"\n"), R"("event":"say \"hi\"\u000a")");
  EXPECT_EQ(log_members("a\x1f"), R"("event":"a","":"")") << "nobody's record, and yet no broken line";
}

}  // namespace
}  // namespace gateway
