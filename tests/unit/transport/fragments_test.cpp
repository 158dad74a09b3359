#include "transport/fragments.h"

#include <functional>

#include <gtest/gtest.h>

#include "unit/transport/commands.h"

namespace gateway::transport {
namespace {

constexpr std::size_t message_max = 512'016;

TEST(CheckFragment, AcceptsEveryFragmentOfAMessageWithThePieceSizeItImplies) {
  const std::string text = test::pattern(2500);
  for (std::uint32_t i = 0; i < 3; ++i) {
    const auto piece = check_fragment(test::fragment(9, i, text, 1152), message_max);
    ASSERT_TRUE(piece) << i;
    EXPECT_EQ(piece->index, i);
    EXPECT_EQ(piece->total, 2500U);
    EXPECT_EQ(piece->size, 1152U);
    EXPECT_EQ(piece->count(), 3U);
  }
}

TEST(CheckFragment, RefusesFieldsThatContradict) {
  const std::string text = test::pattern(2500);
  const std::string long_text = test::pattern(1152);
  struct Row {
    const char* why;
    std::uint32_t index;
    std::function<void(test::Command&)> spoil;
  };
  const std::vector<Row> rows = {
      {"one fragment is no fragment", 0, [](auto& c) { c.fragment.count = 1; }},
      {"no fragment at all", 0, [](auto& c) { c.fragment.count = 0; }},
      {"more fragments than bytes", 0, [](auto& c) { c.fragment.count = 2501; }},
      {"count too large for the length", 0, [](auto& c) { c.fragment.count = 4; }},
      {"count too small for the length", 0, [](auto& c) { c.fragment.count = 2; }},
      {"number equal to count", 1, [](auto& c) { c.fragment.number = 3; }},
      {"number far above count", 1, [](auto& c) { c.fragment.number = 0xFFFFFFFF; }},
      {"number that isn't the distance from the start", 1, [](auto& c) { c.reliable_seq += 1; }},
      {"start zero", 1, [](auto& c) { c.fragment.start_seq = 0, c.reliable_seq = 1; }},
      {"start that wraps", 1, [](auto& c) { c.fragment.start_seq = 0xFFFFFFFF, c.reliable_seq = 0; }},
      {"data past the end", 2, [](auto& c) { c.fragment.offset += 1; }},
      {"offset that overflows 32 bits", 1, [](auto& c) { c.fragment.offset = 0xFFFFFF00; }},
      {"offset that overlaps the one before", 1, [](auto& c) { c.fragment.offset -= 1; }},
      {"last one that leaves a gap before it", 2,
       [](auto& c) { c.fragment.offset += 1, c.fragment.total_length += 1; }},
      {"last one that doesn't reach the end", 2, [](auto& c) { c.fragment.total_length += 1; }},
      {"longer than allowed", 0, [](auto& c) { c.fragment.total_length = 512'017; }},
      {"longest length there is", 0, [](auto& c) { c.fragment.total_length = 0xFFFFFFFF; }},
      {"no data", 0, [](auto& c) { c.payload = {}; }},
      {"shorter than the others must be", 1, [](auto& c) { c.payload = c.payload.first(1151); }},
      {"last one longer than the others", 2,
       [&](auto& c) { c.fragment.offset = 1348, c.payload = test::as_bytes(long_text); }},
  };
  for (const Row& row : rows) {
    test::Command command = test::fragment(9, row.index, text, 1152);
    ASSERT_TRUE(check_fragment(command, message_max));
    row.spoil(command);
    EXPECT_FALSE(check_fragment(command, message_max)) << row.why;
  }
}

TEST(CheckFragment, RefusesMoreFragmentsThanAPlausibleSizeGives) {
  const std::string text = test::pattern(message_max);
  EXPECT_TRUE(check_fragment(test::fragment(1, 0, text, 528), message_max));
  EXPECT_FALSE(check_fragment(test::fragment(1, 0, text, 500), message_max));
}

struct AssemblyTest : testing::Test {
  BufferPool pool;
  Assembly assembly;
  std::string text = test::pattern(2500);

  void begin() {
    assembly.begin(7, *check_fragment(test::fragment(7, 0, text, 1000), message_max), test::start_time);
  }
  void add(std::uint32_t index) {
    const test::Command command = test::fragment(7, index, text, 1000);
    assembly.add(*check_fragment(command, message_max), pool.copy(command.payload));
  }
};

TEST_F(AssemblyTest, JoinsFragmentsThatComeInAnyOrder) {
  EXPECT_FALSE(assembly.active());
  begin();
  add(2);
  add(0);
  EXPECT_FALSE(assembly.complete());
  EXPECT_EQ(assembly.held_bytes(), held_cost(500) + held_cost(1000));
  add(1);
  ASSERT_TRUE(assembly.complete());
  EXPECT_EQ(test::as_text(assembly.join(pool).bytes()), text);
  EXPECT_FALSE(assembly.active());
  EXPECT_EQ(assembly.held_bytes(), 0U);
}

TEST_F(AssemblyTest, AgreesOnlyWithFragmentsOfItsMessage) {
  begin();
  const auto agrees = [&](const test::Command& command) {
    return assembly.agrees(command.reliable_seq, *check_fragment(command, message_max));
  };
  EXPECT_TRUE(agrees(test::fragment(7, 1, text, 1000)));
  EXPECT_FALSE(agrees(test::fragment(8, 1, text, 1000)));
  EXPECT_FALSE(agrees(test::fragment(7, 1, text, 900)));
  EXPECT_FALSE(agrees(test::fragment(7, 1, test::pattern(2501), 1000)));
  EXPECT_TRUE(assembly.covers(9));
  EXPECT_FALSE(assembly.covers(10));
  EXPECT_FALSE(assembly.covers(6));
}

TEST_F(AssemblyTest, JoinsFragmentsThatComeBackwards) {
  begin();
  for (const std::uint32_t index : {2U, 1U, 0U}) add(index);
  ASSERT_TRUE(assembly.complete());
  EXPECT_EQ(test::as_text(assembly.join(pool).bytes()), text);
}

TEST_F(AssemblyTest, TakesMemoryForWhatCameAndNotForWhatIsMissing) {
  const std::string longest = test::pattern(message_max);
  const test::Command last = test::fragment(7, 969, longest, 528);  // of 970
  const auto piece = check_fragment(last, message_max);
  ASSERT_TRUE(piece);
  assembly.begin(7, *piece, test::start_time);
  assembly.add(*piece, pool.copy(last.payload));
  EXPECT_LE(assembly.room_bytes() + pool.lent_bytes(), 2 * held_cost(last.payload.size()));
}

TEST_F(AssemblyTest, TakesInProportionToWhatCameHoweverItCame) {
  const std::string longest = test::pattern(message_max);
  assembly.begin(7, *check_fragment(test::fragment(7, 0, longest, 528), message_max), test::start_time);
  for (std::uint32_t index = 969; index > 0; index -= 3) {
    const test::Command command = test::fragment(7, index, longest, 528);
    assembly.add(*check_fragment(command, message_max), pool.copy(command.payload));
    ASSERT_LE(assembly.room_bytes() + pool.lent_bytes(), 2 * assembly.held_bytes()) << index;
  }
}

TEST_F(AssemblyTest, ThatWasLongKeepsLittleRoom) {
  const std::string longest = test::pattern(message_max);
  assembly.begin(7, *check_fragment(test::fragment(7, 0, longest, 528), message_max), test::start_time);
  for (std::uint32_t index = 0; index < 970; ++index) {
    const test::Command command = test::fragment(7, index, longest, 528);
    assembly.add(*check_fragment(command, message_max), pool.copy(command.payload));
  }
  ASSERT_TRUE(assembly.complete());
  EXPECT_EQ(test::as_text(assembly.join(pool).bytes()), longest);
  EXPECT_EQ(assembly.room_bytes(), 0U);
}

TEST_F(AssemblyTest, HoldsNothingAfterBeingAbandoned) {
  begin();
  add(1);
  assembly.abandon();
  EXPECT_FALSE(assembly.active());
  EXPECT_EQ(pool.lent_bytes(), 0U);
}

}  // namespace
}  // namespace gateway::transport
