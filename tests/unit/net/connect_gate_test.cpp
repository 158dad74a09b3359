#include "net/connect_gate.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "support/seeded_random.h"

namespace gateway::net {
namespace {

constexpr TimePoint start{seconds(1000)};

ConnectGate gate_after(std::size_t datagrams) {
  test::SeededRandom random(1);
  ConnectGate gate(random);
  for (std::size_t i = 0; i < datagrams; ++i) gate.note(1, true);
  return gate;
}

ConnectGate gate_behind() {
  return gate_after(ConnectGate::behind_after);
}

Address source(std::uint32_t number) {
  Address address{.port = 5000};
  std::copy(ipv4_prefix.begin(), ipv4_prefix.end(), address.ip.begin());
  for (std::size_t i = 0; i < 4; ++i) address.ip[15 - i] = static_cast<std::uint8_t>(number >> 8 * i);
  return address;
}

/// Connects of as many addresses.
std::size_t admitted(ConnectGate& gate, std::size_t of, TimePoint now) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < of; ++i)
    count += gate.admits(source(static_cast<std::uint32_t>(i)), now) ? 1U : 0U;
  return count;
}

TEST(ConnectGate, AdmitsAllOfABurst) {
  ConnectGate gate = gate_after(ConnectGate::behind_after - 1);
  EXPECT_EQ(admitted(gate, 100'000, start), 100'000u);
}

TEST(ConnectGate, AdmitsTwoHundredAtOnceWhileTheShardIsBehind) {
  ConnectGate gate = gate_behind();
  EXPECT_EQ(admitted(gate, 100'000, start), 200u);
}

TEST(ConnectGate, GoesOnAtItsRateWhileTheShardIsBehind) {
  ConnectGate gate = gate_behind();
  static_cast<void>(admitted(gate, 100'000, start));
  EXPECT_EQ(admitted(gate, 100'000, start + milliseconds(9)), 0u);
  EXPECT_EQ(admitted(gate, 100'000, start + milliseconds(10)), 200u);
}

TEST(ConnectGate, LeavesOthersTheirPartWhenOneAddressFloods) {
  ConnectGate gate = gate_behind();
  std::size_t of_flooder = 0;
  for (int i = 0; i < 100'000; ++i) of_flooder += gate.admits(source(1), start) ? 1U : 0U;
  EXPECT_EQ(of_flooder, 100u);
  EXPECT_TRUE(gate.admits(source(2), start));
}

TEST(ConnectGate, AdmitsAllAgainOnceTheShardCaughtUp) {
  ConnectGate gate = gate_behind();
  static_cast<void>(admitted(gate, 100'000, start));
  gate.note(0, false);
  EXPECT_EQ(admitted(gate, 1000, start), 1000u);
}

}  // namespace
}  // namespace gateway::net
