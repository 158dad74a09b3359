// What the service manager hears, on a socket of this test's own.
#include "net/notify.h"

#include <array>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gateway::net {
namespace {

class NotifyTest : public testing::Test {
 protected:
  NotifyTest() : path("/tmp/notify-test-" + std::to_string(getpid())) {
    unlink(path.c_str());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    if (bind(manager, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("cannot bind " + path);
    }
    setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }
  ~NotifyTest() override {
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
    close(manager);
    unlink(path.c_str());
  }

  /// The next message; empty when there is none.
  std::string heard() const {
    std::array<char, 512> text{};
    const ssize_t size = recv(manager, text.data(), text.size(), MSG_DONTWAIT);
    return size > 0 ? std::string(text.data(), static_cast<std::size_t>(size)) : std::string();
  }

  const std::string path;
  const int manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
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
