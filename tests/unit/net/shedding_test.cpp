#include "net/shedding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gateway::net {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr std::size_t everything = 1'000'000;

Address player(std::uint8_t number) {
  return {.ip = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 192, 0, 2, number}};
}

/// All that it holds waits in queues.
Holder holder(std::size_t held, std::uint32_t index, std::uint8_t of) {
  return {.held = held, .queued = held, .index = index, .address = player(of)};
}

TEST(Shedding, OfOneAddressTheLargestSessionsEndFirst) {
  const std::vector<Holder> sessions{holder(100, 0, 1), holder(300, 1, 1), holder(200, 2, 1),
                                     holder(400, 3, 1)};
  EXPECT_THAT(chosen_to_end(sessions, everything), ElementsAre(3, 1, 2, 0));
}

TEST(Shedding, TheAddressThatHoldsMostInAllGoesBeforeThatOfTheLargestSession) {
  const std::vector<Holder> sessions{holder(500, 0, 1), holder(300, 1, 2), holder(200, 2, 2),
                                     holder(100, 3, 2)};
  EXPECT_THAT(chosen_to_end(sessions, everything), ElementsAre(1, 2, 3, 0));
}

TEST(Shedding, SessionsOfOneAddressStayTogetherAlsoWhereAnotherHoldsAsMuch) {
  const std::vector<Holder> sessions{holder(300, 0, 1), holder(200, 1, 2), holder(100, 2, 1),
                                     holder(200, 3, 2)};
  EXPECT_THAT(chosen_to_end(sessions, 400), AnyOf(UnorderedElementsAre(0, 2), UnorderedElementsAre(1, 3)));
}

TEST(Shedding, StopsOnceWhatEndsHeldEnough) {
  const std::vector<Holder> sessions{holder(100, 0, 1), holder(300, 1, 1), holder(200, 2, 1)};
  EXPECT_THAT(chosen_to_end(sessions, 1), ElementsAre(1));
  EXPECT_THAT(chosen_to_end(sessions, 300), ElementsAre(1));
  EXPECT_THAT(chosen_to_end(sessions, 301), ElementsAre(1, 2));
  EXPECT_THAT(chosen_to_end(sessions, 500), ElementsAre(1, 2));
  EXPECT_THAT(chosen_to_end(sessions, 501), ElementsAre(1, 2, 0));
}

TEST(Shedding, WhatOneAddressHoldsMayBeEnoughForAllOthersToStay) {
  const std::vector<Holder> sessions{holder(400, 0, 1), holder(300, 1, 2), holder(300, 2, 2),
                                     holder(400, 3, 3)};
  EXPECT_THAT(chosen_to_end(sessions, 600), UnorderedElementsAre(1, 2));
}

TEST(Shedding, SmallSessionsAreSparedUnlessTheirAddressHoldsMuch) {
  std::vector<Holder> sessions{holder(400, 0, 1), holder(90, 1, 2), holder(99, 2, 3)};
  const Spared spared{.queued = 100, .together = 500};
  EXPECT_THAT(chosen_to_end(sessions, everything, spared), ElementsAre(0));
  for (std::uint32_t i = 0; i < 6; ++i) sessions.push_back(holder(90, 10 + i, 4));
  EXPECT_THAT(chosen_to_end(sessions, 500, spared), UnorderedElementsAre(10, 11, 12, 13, 14, 15))
      << "many small ones of one address hold more than anybody";
}

TEST(Shedding, WhatSessionsTakeBesideTheirQueuesMakesNoneOfThemLargeButCountsForTheirAddress) {
  std::vector<Holder> sessions{holder(150, 0, 1)};
  for (std::uint32_t i = 0; i < 4; ++i) {
    sessions.push_back(holder(80, 10 + i, 2));
    sessions.back().queued = 0;
  }
  EXPECT_THAT(chosen_to_end(sessions, 1, {.queued = 50, .together = 321}), ElementsAre(0));
  EXPECT_THAT(chosen_to_end(sessions, 300, {.queued = 50, .together = 320}),
              UnorderedElementsAre(10, 11, 12, 13));
}

TEST(Shedding, BehindAnAddressThatSaysNothingEachSessionStandsForItself) {
  std::vector<Holder> sessions{holder(150, 0, 1)};
  for (std::uint32_t i = 0; i < 6; ++i) {
    sessions.push_back(holder(90, 10 + i, 2));
    sessions.back().alone = true;
  }
  sessions.push_back(holder(120, 20, 2));
  sessions.back().alone = true;
  EXPECT_THAT(chosen_to_end(sessions, everything, {.queued = 100, .together = 500}), ElementsAre(0, 20));
}

TEST(Shedding, EndsAllWhereAllIsNotEnoughAndNobodyWhereNobodyHoldsAnything) {
  EXPECT_THAT(chosen_to_end({holder(100, 7, 1), holder(200, 8, 2)}, everything), ElementsAre(8, 7));
  EXPECT_THAT(chosen_to_end({}, everything), IsEmpty());
}

}  // namespace
}  // namespace gateway::net
