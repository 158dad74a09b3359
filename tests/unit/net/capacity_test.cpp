#include "net/capacity.h"

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <string>
#include <sys/resource.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gateway::net {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

Options options(std::size_t sessions) {
  Options result;
  result.limits.sessions = sessions;
  result.limits.sessions_auto = false;
  result.listeners.resize(2);
  result.threads = 4;
  return result;
}

/// Of the kernel's table of this process's open files.
std::size_t places_for_descriptors() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    std::size_t places = 0;
    if (word == "FDSize:" && status >> places) return places;
  }
  return 0;
}

TEST(Capacity, ReservesPlacesForDescriptorsAtOnce) {
  raise_system_limits(5000);
  const std::size_t wanted = std::min<std::size_t>(2 * places_for_descriptors(), 4096) + 1;
  ASSERT_LT(places_for_descriptors(), wanted);
  reserve_descriptors(wanted);
  EXPECT_GE(places_for_descriptors(), wanted);
}

TEST(Capacity, ReservesNoMorePlacesThanTheLimitAllows) {
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlimit lower{.rlim_cur = std::min<rlim_t>(limit.rlim_cur, 4096), .rlim_max = limit.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &lower), 0);
  const std::size_t before = places_for_descriptors();
  reserve_descriptors(~std::size_t{0});
  EXPECT_LE(places_for_descriptors(), std::max<std::size_t>(before, 4096));
  EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

TEST(Capacity, AcceptsWhatTheSystemCarries) {
  const Options wanted = options(1000);
  EXPECT_EQ(fitting_sessions(wanted, {.descriptors = descriptors_needed(wanted), .ports = 1000}), 1000U);
}

TEST(Capacity, NamesTheSettingWhenDescriptorsAreShort) {
  const Options wanted = options(1000);
  EXPECT_THAT(
      [&] { fitting_sessions(wanted, {.descriptors = descriptors_needed(wanted) - 1, .ports = 1000}); },
      ThrowsMessage<std::runtime_error>(HasSubstr("limits.sessions to 999 or less")));
}

TEST(Capacity, NeedsTwoDescriptorsASessionAsSoonAsOneListenerIsAStream) {
  for (const Scheme scheme : {Scheme::tcp, Scheme::ws, Scheme::wss}) {
    Options wanted = options(1000);
    const std::size_t of_udp = descriptors_needed(wanted);
    wanted.listeners[1].scheme = scheme;
    EXPECT_EQ(descriptors_needed(wanted), of_udp + 1000);
    EXPECT_EQ(fitting_sessions(wanted, {.descriptors = of_udp + 1000, .ports = 1000}), 1000U);
    EXPECT_THAT([&] { fitting_sessions(wanted, {.descriptors = of_udp + 999, .ports = 1000}); },
                ThrowsMessage<std::runtime_error>(
                    AllOf(HasSubstr("which needs " + std::to_string(of_udp + 1000) + " open files"),
                          HasSubstr("limits.sessions to 999 or less"))));
  }
}

TEST(Capacity, NamesTheSettingWhenPortsAreShort) {
  EXPECT_THAT([&] { fitting_sessions(options(1000), {.descriptors = 100'000, .ports = 999}); },
              ThrowsMessage<std::runtime_error>(HasSubstr("ip_local_port_range")));
}

TEST(Capacity, TakesAsManyAsFitWhenTheNumberIsLeftToIt) {
  Options wanted = options(1000);
  wanted.limits.sessions_auto = true;
  EXPECT_EQ(fitting_sessions(wanted, {.descriptors = descriptors_needed(wanted) - 10, .ports = 1000}), 990U);
  EXPECT_EQ(fitting_sessions(wanted, {.descriptors = 100'000, .ports = 300}), 300U);
  EXPECT_THROW(fitting_sessions(wanted, {.descriptors = 10, .ports = 300}), std::runtime_error);
}

}  // namespace
}  // namespace gateway::net
