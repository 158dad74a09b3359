#include "net/session_table.h"

#include <map>
#include <random>

#include <gtest/gtest.h>

#include "net/address.h"
#include "support/seeded_random.h"

namespace gateway::net {
namespace {

Address client(unsigned number) {
  Address address = *parse_address("10.0.0.0", static_cast<std::uint16_t>(1000 + number % 7));
  address.ip[14] = static_cast<std::uint8_t>(number / 256);
  address.ip[15] = static_cast<std::uint8_t>(number);
  return address;
}

TEST(SessionTable, FindsWhatWasInsertedAndNothingElse) {
  test::SeededRandom random(42);
  SessionTable table(random);
  table.insert(client(1), 11);

  EXPECT_EQ(table.find(client(1)), 11U);
  EXPECT_EQ(table.find(client(2)), std::nullopt);
}

TEST(SessionTable, DistinguishesPortsOfOneAddress) {
  test::SeededRandom random(42);
  SessionTable table(random);
  table.insert(*parse_address("10.0.0.1", 5000), 1);
  table.insert(*parse_address("10.0.0.1", 5001), 2);

  EXPECT_EQ(table.find(*parse_address("10.0.0.1", 5000)), 1U);
  EXPECT_EQ(table.find(*parse_address("10.0.0.1", 5001)), 2U);
}

TEST(SessionTable, ErasesOnlyTheSessionThatIsMeant) {
  test::SeededRandom random(42);
  SessionTable table(random);
  table.insert(client(1), 11);
  table.insert(client(1), 12);  // connected anew; 11 says farewell and is removed later

  table.erase(client(1), 11);
  EXPECT_EQ(table.find(client(1)), 12U);
  table.erase(client(1), 12);
  EXPECT_EQ(table.find(client(1)), std::nullopt);
  EXPECT_EQ(table.size(), 0U);
}

TEST(SessionTable, AgreesWithAMapOverManyRandomSteps) {
  test::SeededRandom random(42);
  SessionTable table(random);
  std::map<Address, SessionTable::Slot> expected;
  std::mt19937 engine(3);
  for (unsigned step = 0; step < 50'000; ++step) {
    const Address address = client(static_cast<unsigned>(engine() % 600));
    const auto found = expected.find(address);
    ASSERT_EQ(table.find(address), found == expected.end() ? std::nullopt : std::optional(found->second));
    if (found != expected.end() && engine() % 2 == 0) {
      table.erase(address, found->second);
      expected.erase(found);
    } else {
      table.insert(address, step);
      expected[address] = step;
    }
    ASSERT_EQ(table.size(), expected.size());
  }
}

}  // namespace
}  // namespace gateway::net
