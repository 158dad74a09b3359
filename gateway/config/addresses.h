#pragma once

#include <vector>

#include "config/links.h"
#include "net/options.h"

namespace gateway::config {

/// Builds Options::addresses out of what listeners call themselves in public and what their servers are
/// called: the texts that `options` were made of. Throws Error: a public or advertised address that is no
/// host:port, a public address in front of several servers, advertised names that nothing public stands for,
/// two public addresses of one transport for one name.
void connect_addresses(const std::vector<ListenerText>& listeners, const std::vector<UpstreamText>& upstreams,
                       net::Options& options);

}  // namespace gateway::config
