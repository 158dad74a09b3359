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
  result.listeners.resize(2);
  result.threads = 4;
  return result;
}

TEST(Capacity, AcceptsWhatTheSystemCarries) {
  const Options wanted = options(1000);
  EXPECT_NO_THROW(check_capacity(wanted, {.descriptors = descriptors_needed(wanted), .ports = 1000}));
}

TEST(Capacity, NamesTheSettingWhenDescriptorsAreShort) {
  const Options wanted = options(1000);
  EXPECT_THAT([&] { check_capacity(wanted, {.descriptors = descriptors_needed(wanted) - 1, .ports = 1000}); },
              ThrowsMessage<std::runtime_error>(HasSubstr("limits.sessions to 999 or less")));
}

TEST(Capacity, NamesTheSettingWhenPortsAreShort) {
  EXPECT_THAT([&] { check_capacity(options(1000), {.descriptors = 100'000, .ports = 999}); },
              ThrowsMessage<std::runtime_error>(HasSubstr("ip_local_port_range")));
}

}  // namespace
}  // namespace gateway::net
