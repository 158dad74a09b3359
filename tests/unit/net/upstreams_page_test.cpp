#include "net/upstreams_page.h"

#include <gtest/gtest.h>

namespace gateway::net {
namespace {

TEST(UpstreamsPage, ShowsEveryServerWithItsStateAndCounts) {
  ServerReport server{.text = "udp://game.test:5056", .state = upstream::ServerState::draining, .stats = {}};
  server.stats.up.set(1);
  server.stats.sessions.set(3);
  server.stats.connected.set(9);
  server.stats.probes[static_cast<std::size_t>(ProbeResult::timeout)].set(2);
  EXPECT_EQ(upstreams_page({{.name = "game", .probes = true, .servers = {server}}}),
            R"({"upstreams":[{"name":"game","health_check":true,"servers":[{"server":"udp://game.test:5056",)"
            R"("state":"draining","up":true,"sessions":3,"connects":{"ok":9,"failed":0},)"
            R"("probes":{"ok":0,"failed":0,"timeout":2},"resolve_failures":0,"address_changes":0}]}]})"
            "\n");
}

}  // namespace
}  // namespace gateway::net
