#include "net/upstreams_page.h"

#include <gtest/gtest.h>

namespace gateway::net {
namespace {

TEST(UpstreamsPage, ShowsEveryServerWithItsStateAndCounts) {
  Options options;
  options.pools = {{.name = "game", .servers = {{.address = {}, .text = "udp://game.test:5056"}}}};
  options.pools[0].servers[0].state = upstream::ServerState::draining;
  std::vector<ServerStats> servers(1);
  servers[0].up.set(1);
  servers[0].sessions.set(3);
  servers[0].connected.set(9);
  servers[0].probes[static_cast<std::size_t>(ProbeResult::timeout)].set(2);
  EXPECT_EQ(upstreams_page(options, {&servers}),
            R"({"upstreams":[{"name":"game","health_check":true,"servers":[{"server":"udp://game.test:5056",)"
            R"("state":"draining","up":true,"sessions":3,"connects":{"ok":9,"failed":0},)"
            R"("probes":{"ok":0,"failed":0,"timeout":2},"resolve_failures":0,"address_changes":0}]}]})"
            "\n");
}

}  // namespace
}  // namespace gateway::net
