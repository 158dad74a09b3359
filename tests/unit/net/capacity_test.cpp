#include "net/capacity.h"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gateway::net {
namespace {

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
