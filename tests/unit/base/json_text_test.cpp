#include "base/json_text.h"

#include <gtest/gtest.h>

namespace gateway {
namespace {

std::string json(std::string_view text) {
  std::string out;
  append_json_text(out, text);
  return out;
}

TEST(JsonText, EscapesWhatWouldEndItOrTheLine) {
  EXPECT_EQ(json("plain ü €"), "\"plain ü €\"");
  EXPECT_EQ(json("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(json(std::string_view("\0\n\x1f\x7f", 4)), R"("\u0000\u000a\u001f\u007f")");
}

TEST(JsonText, ReplacesWhatIsNoUtf8) {
  EXPECT_EQ(json("a\xFFz"), "\"a\uFFFDz\"");
  EXPECT_EQ(json("\xC3"), "\"\uFFFD\"") << "ends inside a character";
  EXPECT_EQ(json("\xC0\xAF"), "\"\uFFFD\uFFFD\"") << "longer than it needs to be";
  EXPECT_EQ(json("\xED\xA0\x80"), "\"\uFFFD\uFFFD\uFFFD\"") << "half of a surrogate pair";
  EXPECT_EQ(json("\xF4\x90\x80\x80"), "\"\uFFFD\uFFFD\uFFFD\uFFFD\"") << "beyond Unicode";
  EXPECT_EQ(json("\xF0\x9F\x98\x80"), "\"\xF0\x9F\x98\x80\"");
}

}  // namespace
}  // namespace gateway
