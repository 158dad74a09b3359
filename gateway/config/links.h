#pragma once

#include <vector>

#include "config/located.h"
#include "net/options.h"

namespace gateway::config {

// What an operator wrote about who listens and where it forwards, before it is checked and resolved.

struct ListenerText {
  Located name;
  Located listen;    // URL
  Located upstream;  // name of one of the upstreams
};

struct ServerText {
  Located address;       // URL
  bool trusted = false;  // the operator vouches for a link beyond private networks
};

struct UpstreamText {
  Located name;
  std::vector<ServerText> servers;
};

/// Checks and resolves both lists into listeners and pools. Throws Error: a bad name or URL, an unknown or
/// repeated name, a repeated address, unequal transports, an upstream that is a listener, an upstream link
/// that isn't trusted.
void connect_links(const std::vector<ListenerText>& listeners, const std::vector<UpstreamText>& upstreams,
                   net::Options& options);

}  // namespace gateway::config
