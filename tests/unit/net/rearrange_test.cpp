#include "net/rearrange.h"

#include <stdexcept>

#include <gtest/gtest.h>

namespace gateway::net {
namespace {

Options options_of(const std::vector<std::string>& names) {
  Options options;
  for (std::size_t i = 0; i < names.size(); ++i) {
    ListenerOptions listener;
    listener.name = names[i];
    listener.text = "udp://" + names[i];
    listener.address.port = static_cast<std::uint16_t>(names[i].front());
    listener.pool = i;
    options.listeners.push_back(listener);
    options.pools.push_back({.name = "pool-" + names[i], .servers = {}});
  }
  return options;
}

TEST(Rearranged, KeepsTheNumbersOfTheRunningProcessInWhateverOrderTheFileIs) {
  Options wanted = options_of({"c", "a", "b"});
  wanted.pools[1].servers = {{.address = {}, .text = "udp://10.0.0.1:1"}};  // of a
  wanted.listeners[0].public_address = "play.example.com:1";                // c's
  wanted.limits.sessions = 7;
  const Options result = rearranged(options_of({"a", "b", "c"}), wanted);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(result.listeners[i].name, std::string(1, static_cast<char>('a' + i)));
    EXPECT_EQ(result.listeners[i].pool, i);
    EXPECT_EQ(result.pools[i].name, "pool-" + result.listeners[i].name);
  }
  EXPECT_EQ(result.pools[0].servers.size(), 1U);
  EXPECT_EQ(result.listeners[2].public_address, "play.example.com:1");
  EXPECT_EQ(result.limits.sessions, 7U);
}

TEST(Rearranged, RefusesWhatIsFixed) {
  const Options running = options_of({"a", "b"});
  const auto refuses = [&](auto change) {
    Options wanted = options_of({"a", "b"});
    change(wanted);
    EXPECT_THROW(rearranged(running, wanted), std::runtime_error);
  };
  refuses([](Options& wanted) { wanted = options_of({"a"}); });
  refuses([](Options& wanted) { wanted = options_of({"a", "b", "c"}); });
  refuses([](Options& wanted) { wanted.listeners[0].name = "z"; });
  refuses([](Options& wanted) { wanted.pools[0].name = "z"; });
  refuses([](Options& wanted) { wanted.listeners[0].address.port = 9; });
  refuses([](Options& wanted) { wanted.listeners[0].scheme = Scheme::tcp; });
  refuses([](Options& wanted) { wanted.listeners[0].pool = 1; });
  refuses([](Options& wanted) { wanted.pools[0].scheme = Scheme::tcp; });
  refuses([](Options& wanted) { wanted.threads = 9; });
  refuses([](Options& wanted) { wanted.limits.memory = 1; });
  refuses([](Options& wanted) { wanted.door.half_open = 1024; });
  refuses([](Options& wanted) { wanted.door.region_pings = 1; });
  EXPECT_NO_THROW(rearranged(running, options_of({"b", "a"})));
}

}  // namespace
}  // namespace gateway::net
