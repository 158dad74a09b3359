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

TEST(Shedding, OfOneAddressTheLargestSessionsEndFirst) {
  const std::vector<Holder> sessions{
      {100, 0, player(1)}, {300, 1, player(1)}, {200, 2, player(1)}, {400, 3, player(1)}};
  EXPECT_THAT(chosen_to_end(sessions, everything), ElementsAre(3, 1, 2, 0));
}

TEST(Shedding, TheAddressThatHoldsMostInAllGoesBeforeThatOfTheLargestSession) {
  const std::vector<Holder> sessions{
      {500, 0, player(1)}, {300, 1, player(2)}, {200, 2, player(2)}, {100, 3, player(2)}};
  EXPECT_THAT(chosen_to_end(sessions, everything), ElementsAre(1, 2, 3, 0));
}

TEST(Shedding, SessionsOfOneAddressStayTogetherAlsoWhereAnotherHoldsAsMuch) {
  const std::vector<Holder> sessions{
      {300, 0, player(1)}, {200, 1, player(2)}, {100, 2, player(1)}, {200, 3, player(2)}};
  EXPECT_THAT(chosen_to_end(sessions, 400), AnyOf(UnorderedElementsAre(0, 2), UnorderedElementsAre(1, 3)));
}

TEST(Shedding, StopsOnceWhatEndsHeldEnough) {
  const std::vector<Holder> sessions{{100, 0, player(1)}, {300, 1, player(1)}, {200, 2, player(1)}};
  EXPECT_THAT(chosen_to_end(sessions, 1), ElementsAre(1));
  EXPECT_THAT(chosen_to_end(sessions, 300), ElementsAre(1));
  EXPECT_THAT(chosen_to_end(sessions, 301), ElementsAre(1, 2));
  EXPECT_THAT(chosen_to_end(sessions, 500), ElementsAre(1, 2));
  EXPECT_THAT(chosen_to_end(sessions, 501), ElementsAre(1, 2, 0));
}

TEST(Shedding, WhatOneAddressHoldsMayBeEnoughForAllOthersToStay) {
  const std::vector<Holder> sessions{
      {400, 0, player(1)}, {300, 1, player(2)}, {300, 2, player(2)}, {400, 3, player(3)}};
  EXPECT_THAT(chosen_to_end(sessions, 600), UnorderedElementsAre(1, 2));
}

TEST(Shedding, SmallSessionsAreSparedUnlessTheirAddressHoldsMuch) {
  std::vector<Holder> sessions{{400, 0, player(1)}, {90, 1, player(2)}, {99, 2, player(3)}};
  const Spared spared{.session = 100, .address = 500};
  EXPECT_THAT(chosen_to_end(sessions, everything, spared), ElementsAre(0));
  for (std::uint32_t i = 0; i < 6; ++i) sessions.push_back({90, 10 + i, player(4)});
  EXPECT_THAT(chosen_to_end(sessions, 500, spared), UnorderedElementsAre(10, 11, 12, 13, 14, 15))
      << "many small ones of one address hold more than anybody";
}

TEST(Shedding, EndsAllWhereAllIsNotEnoughAndNobodyWhereNobodyHoldsAnything) {
  EXPECT_THAT(chosen_to_end({{100, 7, player(1)}, {200, 8, player(2)}}, everything), ElementsAre(8, 7));
  EXPECT_THAT(chosen_to_end({}, everything), IsEmpty());
}

}  // namespace
}  // namespace gateway::net
