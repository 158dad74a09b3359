#include "transport/receive_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/transport/commands.h"

namespace gateway::transport {
namespace {

using test::fragment;
using test::fragment_unsequenced;
using test::reliable;
using test::reliable_unsequenced;
using test::unreliable;
using test::unsequenced;
using testing::ElementsAre;
using testing::IsEmpty;

struct ReceiveQueueTest : testing::Test {
  Options options;
  BufferPool pool;
  Stats stats;
  ReceiveQueue queue{options, pool, stats};
  TimePoint now = test::start_time;

  Receipt receive(const test::Command& command) { return queue.receive(now, command); }
  std::vector<std::string> drain() {
    std::vector<std::string> texts;
    while (const auto payload = queue.next()) texts.push_back(test::as_text(payload->bytes));
    return texts;
  }
  std::uint64_t dropped(Drop reason) const { return stats.dropped[static_cast<std::size_t>(reason)].value(); }
};

TEST_F(ReceiveQueueTest, DeliversReliableMessagesInOrder) {
  EXPECT_EQ(receive(reliable(2, "b")), Receipt::accepted);
  EXPECT_EQ(receive(reliable(3, "c")), Receipt::accepted);
  EXPECT_THAT(drain(), IsEmpty());
  EXPECT_EQ(receive(reliable(1, "a")), Receipt::accepted);
  EXPECT_THAT(drain(), ElementsAre("a", "b", "c"));
  EXPECT_EQ(queue.held_bytes(), 0U);
}

TEST_F(ReceiveQueueTest, DeliversOnceWhenTheSameCommandArrivesTwice) {
  receive(reliable(1, "a"));
  EXPECT_EQ(receive(reliable(1, "a")), Receipt::duplicate);
  receive(reliable(3, "c"));
  EXPECT_EQ(receive(reliable(3, "c")), Receipt::duplicate);
  EXPECT_THAT(drain(), ElementsAre("a"));
  EXPECT_EQ(dropped(Drop::duplicate), 2U);
}

TEST_F(ReceiveQueueTest, LetsNoMoreThan256UnreliableMessagesOfAChannelWaitHoweverSmall) {
  options.unreliable_buffered = 1 << 20;
  for (std::uint32_t i = 300; i > 0; --i) receive(unreliable(1, i, "x"));
  EXPECT_EQ(dropped(Drop::held), 44U);
  receive(reliable(1, "first"));
  EXPECT_EQ(drain().size(), 257U);
}

TEST_F(ReceiveQueueTest, KeepsChannelsApart) {
  receive(reliable(2, "late", 0));
  receive(reliable(1, "other", 1));
  EXPECT_THAT(drain(), ElementsAre("other"));
}

TEST_F(ReceiveQueueTest, TellsHowAMessageCame) {
  receive(reliable(1, "a", 5));
  const Payload payload = queue.next().value();
  EXPECT_EQ(payload.channel, 5);
  EXPECT_EQ(payload.delivery, Delivery::reliable);
}

TEST_F(ReceiveQueueTest, GivesAnEmptyMessageItsNumberButNotOut) {
  receive(reliable(1, ""));
  receive(reliable(2, "b"));
  EXPECT_THAT(drain(), ElementsAre("b"));
}

TEST_F(ReceiveQueueTest, RefusesNumbersBeyondTheReorderDistance) {
  options.reorder_distance = 10;
  EXPECT_EQ(receive(reliable(11, "x")), Receipt::refused);
  EXPECT_EQ(receive(reliable(0xFFFFFFFF, "x")), Receipt::refused);
  EXPECT_EQ(dropped(Drop::too_far_ahead), 2U);
  EXPECT_EQ(receive(reliable(10, "x")), Receipt::accepted);
}

TEST_F(ReceiveQueueTest, IsBoundByDistanceSoThatTheMissingOneAlwaysFits) {
  options.reorder_distance = 10;
  for (std::uint32_t number = 2; number <= 10; ++number)
    EXPECT_EQ(receive(reliable(number, "x")), Receipt::accepted);
  EXPECT_EQ(receive(reliable(1, "x")), Receipt::accepted);
  EXPECT_EQ(drain().size(), 10U);
}

TEST_F(ReceiveQueueTest, TakesTheMissingOneEvenWhenEarlyOnesFillTheBuffer) {
  options.buffered = 4000;
  const std::string text = test::pattern(1000);
  std::uint32_t number = 2;
  while (receive(reliable(number, text)) == Receipt::accepted) ++number;
  EXPECT_EQ(dropped(Drop::held), 1U);
  EXPECT_LE(queue.held_bytes(), options.buffered);
  EXPECT_EQ(receive(reliable(1, text)), Receipt::accepted);
  EXPECT_EQ(drain().size(), number - 1);
  EXPECT_EQ(receive(reliable(number, text)), Receipt::accepted)
      << "what was refused fits when it comes again";
}

TEST_F(ReceiveQueueTest, CountsTheGapBeforeAnEarlyCommand) {
  receive(reliable(400, "x"));
  EXPECT_GT(queue.held_bytes(), 400U * 16);
}

TEST_F(ReceiveQueueTest, OpensNoWideGapsForFewCommands) {
  EXPECT_EQ(receive(reliable(4000, "x")), Receipt::refused);
  for (int channel = 0; channel < 254; ++channel)
    receive(reliable(400, "x", static_cast<std::uint8_t>(channel)));
  EXPECT_GT(dropped(Drop::too_far_ahead), 200U);
  EXPECT_LE(queue.bookkeeping_bytes(), 128U * 1024) << "254 channels and hundreds of slots";
}

TEST_F(ReceiveQueueTest, OpensWiderGapsForWhoSendsMuch) {
  for (std::uint32_t number = 2; number <= 400; ++number) receive(reliable(number, "x"));
  EXPECT_EQ(receive(reliable(2000, "x")), Receipt::accepted);
  for (std::uint32_t number = 1; number <= 2000; ++number) receive(reliable(number, "x"));
  EXPECT_EQ(drain().size(), 2000U);
  EXPECT_EQ(receive(reliable(2400, "x")), Receipt::accepted) << "gaps that were filled don't count any more";
}

TEST_F(ReceiveQueueTest, HoldsNoMoreThanTheBufferAndOneMessage) {
  options.buffered = 10'000;
  options.message_max = 2000;
  const std::string text = test::pattern(1000);
  for (std::uint32_t number = 1; number < 100; ++number) receive(reliable(number, text));
  EXPECT_LE(queue.held_bytes(), 12'000U);
  EXPECT_GT(dropped(Drop::held), 0U);
}

// --- Unreliable ---

TEST_F(ReceiveQueueTest, DeliversUnreliableMessagesThatFitTheReliableStream) {
  receive(unreliable(0, 1, "u1"));
  receive(reliable(1, "r1"));
  receive(unreliable(1, 2, "u2"));
  EXPECT_THAT(drain(), ElementsAre("u1", "r1", "u2"));
}

TEST_F(ReceiveQueueTest, DiscardsAnUnreliableMessageOvertakenByAReliableOne) {
  receive(reliable(1, "r1"));
  receive(unreliable(0, 1, "u1"));
  EXPECT_THAT(drain(), ElementsAre("r1"));
  EXPECT_EQ(dropped(Drop::late), 1U);
}

TEST_F(ReceiveQueueTest, LetsAnUnreliableMessageWaitForItsReliableOne) {
  receive(unreliable(2, 2, "u2"));
  receive(unreliable(2, 1, "u1"));
  receive(unreliable(1, 3, "late by then"));
  receive(reliable(2, "r2"));
  EXPECT_THAT(drain(), IsEmpty());
  receive(reliable(1, "r1"));
  EXPECT_THAT(drain(), ElementsAre("r1", "r2", "u1", "u2"));
  EXPECT_EQ(queue.held_bytes(), 0U);
}

TEST_F(ReceiveQueueTest, DeliversUnreliableMessagesOnceAndForwardsOnly) {
  receive(unreliable(0, 5, "u5"));
  receive(unreliable(0, 5, "u5"));
  receive(unreliable(0, 4, "u4"));
  receive(unreliable(0, 1'000'000, "jump"));
  EXPECT_THAT(drain(), ElementsAre("u5", "jump"));
  receive(unreliable(1, 1'000'001, "w"));
  receive(unreliable(1, 1'000'001, "w"));
  receive(reliable(1, "r"));
  EXPECT_THAT(drain(), ElementsAre("r", "w"));
}

TEST_F(ReceiveQueueTest, BoundsWhatWaits) {
  for (std::uint32_t number = 1; number <= 1000; ++number) receive(unreliable(9, number, "waiting"));
  EXPECT_LE(queue.held_bytes(), options.unreliable_buffered);
  EXPECT_GT(dropped(Drop::held), 0U);
}

// --- Fragments in order ---

TEST_F(ReceiveQueueTest, AssemblesFragmentsInAnyOrderAndDeliversThemInTurn) {
  const std::string text = test::pattern(2500);
  receive(reliable(5, "after"));
  receive(fragment(2, 2, text, 1000));
  receive(fragment(2, 0, text, 1000));
  receive(reliable(1, "before"));
  EXPECT_THAT(drain(), ElementsAre("before"));
  receive(fragment(2, 1, text, 1000));
  EXPECT_THAT(drain(), ElementsAre(text, "after"));
  EXPECT_EQ(queue.held_bytes(), 0U);
}

TEST_F(ReceiveQueueTest, AssemblesOneMessageAfterAnother) {
  const std::string first = test::pattern(2500, 1);
  const std::string second = test::pattern(1300, 2);
  for (std::uint32_t i = 0; i < 3; ++i) receive(fragment(1, i, first, 1000));
  for (std::uint32_t i = 2; i-- > 0;) receive(fragment(4, i, second, 1152));
  EXPECT_THAT(drain(), ElementsAre(first, second));
}

TEST_F(ReceiveQueueTest, AcknowledgesFragmentsOfADeliveredMessageAgain) {
  const std::string text = test::pattern(1500);
  receive(fragment(1, 0, text, 1000));
  receive(fragment(1, 1, text, 1000));
  EXPECT_EQ(receive(fragment(1, 0, text, 1000)), Receipt::duplicate);
  EXPECT_EQ(drain().size(), 1U);
}

TEST_F(ReceiveQueueTest, RefusesAFragmentWhoseFieldsContradict) {
  const std::string text = test::pattern(1500);
  test::Command command = fragment(1, 0, text, 1000);
  command.fragment.count = 3;
  EXPECT_EQ(receive(command), Receipt::refused);
  EXPECT_EQ(dropped(Drop::fragment), 1U);
}

TEST_F(ReceiveQueueTest, RefusesWhatContradictsTheMessageBeingAssembled) {
  const std::string text = test::pattern(2500);
  receive(fragment(1, 0, text, 1000));
  EXPECT_EQ(receive(fragment(1, 1, test::pattern(2400), 1000)), Receipt::refused);
  EXPECT_EQ(receive(fragment(1, 1, text, 900)), Receipt::refused);
  EXPECT_EQ(receive(fragment(2, 0, text, 1000)), Receipt::refused);
  EXPECT_EQ(receive(reliable(2, "inside")), Receipt::refused);
  receive(fragment(1, 1, text, 1000));
  receive(fragment(1, 2, text, 1000));
  EXPECT_THAT(drain(), ElementsAre(text));
}

TEST_F(ReceiveQueueTest, RefusesAFragmentOfAMessageThatNeverBegan) {
  const std::string text = test::pattern(2500);
  receive(reliable(1, "a"));
  EXPECT_EQ(receive(fragment(1, 1, text, 1000)), Receipt::refused);
}

TEST_F(ReceiveQueueTest, LosesOnlyTheMessageWhoseContradictionAGapHid) {
  const std::string text = test::pattern(2500);
  receive(reliable(2, "not the second fragment"));
  receive(reliable(4, "next"));
  EXPECT_EQ(receive(fragment(1, 0, text, 1000)), Receipt::accepted);
  EXPECT_EQ(receive(fragment(1, 2, text, 1000)), Receipt::refused);
  EXPECT_EQ(receive(reliable(3, "third")), Receipt::accepted);
  EXPECT_THAT(drain(), ElementsAre("not the second fragment", "third", "next"));
  EXPECT_EQ(queue.held_bytes(), 0U);
}

TEST_F(ReceiveQueueTest, AllocatesNothingOfAnAnnouncedSize) {
  const std::string text = test::pattern(512'016);
  receive(fragment(1, 0, text, 1152));
  EXPECT_LT(pool.lent_bytes() + queue.bookkeeping_bytes(), 4096U);
}

TEST_F(ReceiveQueueTest, AllocatesNothingForFragmentsThatAreMissing) {
  const std::string text = test::pattern(512'016);
  const auto last = static_cast<std::uint32_t>(text.size() / 528);
  for (std::uint32_t i = 0; i < 3; ++i) {
    EXPECT_EQ(receive(fragment_unsequenced(1 + i, last, text, 528)), Receipt::accepted);
  }
  EXPECT_LT(pool.lent_bytes() + queue.bookkeeping_bytes(), 8192U);
}

// --- Unsequenced ---

TEST_F(ReceiveQueueTest, DeliversReliableUnsequencedMessagesAsTheyComeOnce) {
  EXPECT_FALSE(queue.used_unsequenced());
  receive(reliable_unsequenced(3, "c"));
  receive(reliable_unsequenced(1, "a"));
  EXPECT_EQ(receive(reliable_unsequenced(3, "c")), Receipt::duplicate);
  EXPECT_THAT(drain(), ElementsAre("c", "a"));
  EXPECT_TRUE(queue.used_unsequenced());
}

TEST_F(ReceiveQueueTest, RefusesReliableUnsequencedNumbersBeyondTheDistance) {
  options.reorder_distance = 100;
  EXPECT_EQ(receive(reliable_unsequenced(101, "x")), Receipt::refused);
  EXPECT_EQ(dropped(Drop::too_far_ahead), 1U);
  EXPECT_EQ(receive(reliable_unsequenced(100, "x")), Receipt::accepted);
}

TEST_F(ReceiveQueueTest, DeliversUnsequencedGroupsOnceFromAnyFirstNumber) {
  receive(unsequenced(100'000, "a"));
  receive(unsequenced(100'002, "c"));
  receive(unsequenced(100'001, "b"));
  receive(unsequenced(100'001, "b"));
  EXPECT_THAT(drain(), ElementsAre("a", "c", "b"));
}

TEST_F(ReceiveQueueTest, AssemblesUnsequencedFragmentsBesideTheStream) {
  const std::string first = test::pattern(2500, 1);
  const std::string second = test::pattern(1500, 2);
  receive(fragment_unsequenced(4, 1, second, 1000));
  receive(fragment_unsequenced(1, 2, first, 1000));
  receive(reliable_unsequenced(6, "single"));
  receive(fragment_unsequenced(1, 0, first, 1000));
  receive(fragment_unsequenced(4, 0, second, 1000));
  receive(fragment_unsequenced(1, 1, first, 1000));
  EXPECT_THAT(drain(), ElementsAre("single", second, first));
  EXPECT_EQ(queue.held_bytes(), 0U);
  EXPECT_EQ(receive(fragment_unsequenced(1, 1, first, 1000)), Receipt::duplicate);
}

TEST_F(ReceiveQueueTest, RefusesUnsequencedFragmentsThatDisagree) {
  const std::string text = test::pattern(2500);
  receive(fragment_unsequenced(1, 0, text, 1000));
  EXPECT_EQ(receive(fragment_unsequenced(1, 1, text, 900)), Receipt::refused);
  EXPECT_EQ(receive(fragment_unsequenced(1, 1, test::pattern(2600), 1000)), Receipt::refused);
  EXPECT_EQ(dropped(Drop::fragment), 2U);
}

TEST_F(ReceiveQueueTest, BoundsTheNumberOfOpenAssembliesAndTheirAge) {
  const std::string text = test::pattern(1500);
  for (std::uint32_t i = 0; i < options.assemblies_max; ++i) {
    EXPECT_EQ(receive(fragment_unsequenced(1 + 2 * i, 0, text, 1000)), Receipt::accepted);
  }
  const test::Command one_more = fragment_unsequenced(1001, 0, text, 1000);
  EXPECT_EQ(receive(one_more), Receipt::refused);
  EXPECT_EQ(dropped(Drop::assemblies), 1U);

  EXPECT_EQ(queue.deadline(), now + options.assembly_age);
  now += options.assembly_age;
  queue.advance(now);
  EXPECT_EQ(queue.deadline(), never);
  EXPECT_EQ(queue.held_bytes(), 0U);
  EXPECT_EQ(dropped(Drop::assemblies), 1U + options.assemblies_max);
  EXPECT_EQ(receive(one_more), Receipt::accepted);
}

TEST_F(ReceiveQueueTest, KeepsBooksOfChannelsAndOfGaps) {
  EXPECT_EQ(queue.bookkeeping_bytes(), 0U);
  receive(reliable(1, "a"));
  const std::size_t one_channel = queue.bookkeeping_bytes();
  EXPECT_GT(one_channel, 0U);
  receive(reliable(1, "a", 1));
  EXPECT_GT(queue.bookkeeping_bytes(), one_channel);
  receive(reliable(400, "early"));
  EXPECT_GE(queue.bookkeeping_bytes(), queue.held_bytes() - 1000);
}

TEST_F(ReceiveQueueTest, ForgetsEverythingThatWaitsWhenCleared) {
  receive(reliable(1, "taken"));
  const auto taken = queue.next();
  receive(reliable(2, "ready"));
  receive(reliable(9, "early"));
  receive(unreliable(9, 1, "waiting"));
  receive(fragment_unsequenced(1, 0, test::pattern(1500), 1000));
  queue.clear();
  EXPECT_EQ(test::as_text(taken->bytes), "taken");
  EXPECT_THAT(drain(), IsEmpty());
  EXPECT_EQ(queue.held_bytes(), 0U);
  EXPECT_EQ(queue.bookkeeping_bytes(), 0U);
  EXPECT_EQ(pool.lent_bytes(), 0U);
  EXPECT_EQ(queue.deadline(), never);
}

TEST_F(ReceiveQueueTest, GivesAllMemoryBackWhenDrainedAndReleased) {
  const std::string text = test::pattern(2500);
  for (std::uint32_t i = 0; i < 3; ++i) receive(fragment(1, i, text, 1000));
  for (std::uint32_t i = 0; i < 3; ++i) receive(fragment_unsequenced(1, i, text, 1000));
  EXPECT_EQ(drain().size(), 2U);
  queue.release();
  EXPECT_EQ(pool.lent_bytes(), 0U);
  receive(reliable(4, "goes on"));
  EXPECT_THAT(drain(), ElementsAre("goes on"));
}

}  // namespace
}  // namespace gateway::transport
