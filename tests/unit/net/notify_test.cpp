// What the service manager hears, on a socket of this test's own.
#include "net/notify.h"

#include <cstdlib>
#include <string>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/service_manager.h"

namespace gateway::net {
namespace {

class NotifyTest : public testing::Test {
 protected:
  std::string heard() const { return manager.heard(); }

  test::ServiceManager manager;
};

TEST_F(NotifyTest, TheManagerHearsEachStep) {
  notify_ready();
  EXPECT_EQ(heard(), "READY=1");
  notify_reloading();
  EXPECT_THAT(heard(), testing::MatchesRegex("RELOADING=1\nMONOTONIC_USEC=[0-9]+"));
  notify_status("draining: 3 sessions");
  EXPECT_EQ(heard(), "STATUS=draining: 3 sessions");
  notify_alive();
  EXPECT_EQ(heard(), "WATCHDOG=1");
  notify_stopping();
  EXPECT_EQ(heard(), "STOPPING=1");
  notify_stopping(minutes(2));
  EXPECT_EQ(heard(), "STOPPING=1\nEXTEND_TIMEOUT_USEC=120000000");
}

TEST_F(NotifyTest, WithoutAManagerNothingIsSaid) {
  unsetenv("NOTIFY_SOCKET");
  notify_ready();
  EXPECT_EQ(heard(), "");
}

TEST_F(NotifyTest, TheWatchdogHasALimitOnlyWhereTheManagerSetOne) {
  EXPECT_FALSE(watchdog_limit().has_value());
  setenv("WATCHDOG_USEC", "3000000", 1);
  setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);
  EXPECT_EQ(watchdog_limit(), Duration(seconds(3)));
  setenv("WATCHDOG_PID", "1", 1);
  EXPECT_FALSE(watchdog_limit().has_value()) << "meant for another process";
}

}  // namespace
}  // namespace gateway::net
