#include "net/connect_gate.h"

#include <gtest/gtest.h>

namespace gateway::net {
namespace {

constexpr TimePoint start{seconds(1000)};

std::size_t admitted(ConnectGate& gate, std::size_t of, TimePoint now) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < of; ++i) count += gate.admits(now) ? 1U : 0U;
  return count;
}

TEST(ConnectGate, AdmitsAllWhileTheShardKeepsUp) {
  ConnectGate gate;
  EXPECT_EQ(admitted(gate, 100'000, start), 100'000u);
}

TEST(ConnectGate, AdmitsTwoThousandAtOnceWhileTheShardIsBehind) {
  ConnectGate gate;
  gate.note(true);
  EXPECT_EQ(admitted(gate, 100'000, start), 2000u);
}

TEST(ConnectGate, GoesOnAtItsRateWhileTheShardIsBehind) {
  ConnectGate gate;
  gate.note(true);
  static_cast<void>(admitted(gate, 100'000, start));
  EXPECT_EQ(admitted(gate, 100'000, start + milliseconds(10)), 200u);
}

TEST(ConnectGate, AdmitsAllAgainOnceTheShardCaughtUp) {
  ConnectGate gate;
  gate.note(true);
  static_cast<void>(admitted(gate, 100'000, start));
  gate.note(false);
  EXPECT_EQ(admitted(gate, 1000, start), 1000u);
}

}  // namespace
}  // namespace gateway::net
