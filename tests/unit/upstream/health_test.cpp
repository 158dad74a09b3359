#include "upstream/health.h"

#include <gtest/gtest.h>

namespace gateway::upstream {
namespace {

constexpr TimePoint start{seconds(100)};

/// A server and its time; every outcome comes a second after the one before.
struct Watched {
  explicit Watched(const HealthOptions& options = {}) : health(options, start) {}

  Change succeeds() { return health.succeeded(now += seconds(1)); }
  Change fails() { return health.failed(now += seconds(1)); }
  void goes_down() {
    while (fails() != Change::went_down) {
    }
  }

  Health health;
  TimePoint now = start;
};

TEST(Health, ServersBeginUp) {
  EXPECT_TRUE(Watched().health.up());
}

TEST(Health, AServerGoesDownWithTheLastOfFailuresInARow) {
  Watched server({.fall = 3});
  EXPECT_EQ(server.fails(), Change::none);
  EXPECT_EQ(server.fails(), Change::none);
  EXPECT_TRUE(server.health.up());
  EXPECT_EQ(server.fails(), Change::went_down);
  EXPECT_FALSE(server.health.up());
  EXPECT_EQ(server.fails(), Change::none) << "it is down already";
}

TEST(Health, ASuccessBetweenFailuresStartsTheCountAnew) {
  Watched server({.fall = 2});
  server.fails();
  server.succeeds();
  EXPECT_EQ(server.fails(), Change::none);
  EXPECT_EQ(server.fails(), Change::went_down);
}

TEST(Health, AServerComesUpWithTheLastOfSuccessesInARow) {
  Watched server({.rise = 2, .fall = 1});
  server.goes_down();
  EXPECT_EQ(server.succeeds(), Change::none);
  EXPECT_EQ(server.fails(), Change::none);
  EXPECT_EQ(server.succeeds(), Change::none) << "the failure started the count anew";
  EXPECT_EQ(server.succeeds(), Change::went_up);
  EXPECT_TRUE(server.health.up());
}

TEST(Health, AProbeIsDueAnIntervalAfterTheStartTheLastSuccessAndTheLastProbe) {
  Watched server({.interval = seconds(10)});
  EXPECT_EQ(server.health.probe_due(), start + seconds(10));
  server.succeeds();
  EXPECT_EQ(server.health.probe_due(), server.now + seconds(10));
  server.health.probe_begins(start + seconds(20));
  EXPECT_EQ(server.health.probe_due(), start + seconds(30));
}

TEST(Health, FailedConnectsDoNotPutAProbeOff) {
  Watched server({.interval = seconds(10)});
  server.goes_down();
  EXPECT_EQ(server.health.probe_due(), start + seconds(10));
}

TEST(Health, WithoutProbesOneClientAnIntervalTriesAServerThatIsDown) {
  Watched server({.probes = false, .interval = seconds(10), .fall = 1});
  EXPECT_EQ(server.health.probe_due(), never);
  EXPECT_FALSE(server.health.wants_trial(start + seconds(60))) << "it is up";
  server.goes_down();
  EXPECT_FALSE(server.health.wants_trial(server.now + seconds(9)));
  EXPECT_TRUE(server.health.wants_trial(server.now + seconds(10)));
  server.health.trial_begins(server.now + seconds(10));
  EXPECT_FALSE(server.health.wants_trial(server.now + seconds(19)));
  EXPECT_TRUE(server.health.wants_trial(server.now + seconds(20)));
}

TEST(Health, WithProbesNoClientHasToTry) {
  Watched server({.fall = 1});
  server.goes_down();
  EXPECT_FALSE(server.health.wants_trial(server.now + hours(1)));
}

}  // namespace
}  // namespace gateway::upstream
