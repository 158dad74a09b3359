#pragma once

#include <string>
#include <vector>

#include "net/stats.h"

namespace gateway::net {

/// The pools and their servers as JSON, on one line: what they are called in the configuration, states and
/// counts, no resolved address:
/// {"upstreams":[{"name":"game-1","health_check":true,"servers":[{"server":"udp://10.0.0.21:5056",
/// "state":"active","up":true,"sessions":3,"connects":{"ok":9,"failed":0},
/// "probes":{"ok":1,"failed":0,"timeout":0},"resolve_failures":0,"address_changes":0}]}]}
std::string upstreams_page(const std::vector<PoolReport>& pools);

}  // namespace gateway::net
