#include "message/codes.h"

#include <set>

#include <gtest/gtest.h>

namespace gateway::message {
namespace {

TEST(Codes, AreFoundByTheirNames) {
  EXPECT_EQ(find_code(operation_names(), "authenticate"), 230);
  EXPECT_EQ(find_code(operation_names(), "authenticate_once"), 231);
  EXPECT_EQ(find_code(operation_names(), "join_random_game"), 225);
  EXPECT_EQ(find_code(event_names(), "properties_changed"), 253);
  EXPECT_EQ(find_code(event_names(), "Join"), std::nullopt);
  EXPECT_EQ(find_code(operation_names(), ""), std::nullopt);
}

TEST(Codes, AreToldByTheirNameOrTheirNumber) {
  EXPECT_EQ(code_word(operation_names(), 253), "raise_event");
  EXPECT_EQ(code_word(event_names(), 253), "properties_changed");
  EXPECT_EQ(code_word(event_names(), 200), "200");
  EXPECT_EQ(code_word(operation_names(), 0), "0");
}

TEST(Codes, NoNameAndNoCodeIsThereTwice) {
  for (const auto names : {operation_names(), event_names()}) {
    std::set<std::string_view> words;
    std::set<std::uint8_t> codes;
    for (const NamedCode& named : names) {
      EXPECT_TRUE(words.insert(named.name).second) << named.name;
      EXPECT_TRUE(codes.insert(named.code).second) << named.name;
    }
  }
}

}  // namespace
}  // namespace gateway::message
