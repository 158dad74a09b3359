#include "config/suggest.h"

#include <array>

#include <gtest/gtest.h>

namespace gateway::config {
namespace {

constexpr std::array<std::string_view, 3> words = {"sessions", "silence", "exempt"};

TEST(Suggest, CountsInsertionsRemovalsReplacementsAndSwaps) {
  EXPECT_EQ(edit_distance("init", "init"), 0u);
  EXPECT_EQ(edit_distance("init", "inits"), 1u);
  EXPECT_EQ(edit_distance("init", "int"), 1u);
  EXPECT_EQ(edit_distance("init", "unit"), 1u);
  EXPECT_EQ(edit_distance("init", "intit"), 1u);
  EXPECT_EQ(edit_distance("init", "inti"), 1u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
}

TEST(Suggest, FindsTheNearestWord) {
  EXPECT_EQ(nearest("session", words), "sessions");
  EXPECT_EQ(nearest("exmept", words), "exempt");
}

TEST(Suggest, FindsNothingWhenNoWordIsNear) {
  EXPECT_EQ(nearest("colour", words), "");
}

TEST(Suggest, ListsWhatIsKnownWhenNothingIsNear) {
  EXPECT_EQ(hint("colour", words), "; known here: sessions, silence, exempt");
  EXPECT_EQ(hint("silense", words), "; did you mean \"silence\"?");
}

}  // namespace
}  // namespace gateway::config
