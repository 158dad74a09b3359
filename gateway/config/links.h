#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/located.h"
#include "net/options.h"

namespace gateway::config {

// What an operator wrote about who listens and where it forwards, before it is checked and resolved.

struct TlsText {
  Located certificate;  // "file:" and a path, as the key
  Located key;
  std::string where;  // of the map that holds both
};

struct ListenerText {
  Located name;
  Located listen;    // URL
  Located upstream;  // name of one of the upstreams
  std::optional<TlsText> tls;
  std::optional<Located> public_address{};  // host:port
};

struct ServerText {
  Located address;                    // URL
  bool trusted = false;               // the operator vouches for a link beyond private networks
  std::vector<Located> advertised{};  // host:port
};

struct UpstreamText {
  Located name;
  std::vector<ServerText> servers;
};

/// Checks and resolves both lists into listeners and pools. Throws Error: a bad name or URL, an unknown or
/// repeated name, a repeated address, unequal transports, TLS where it doesn't belong or none where it does,
/// an upstream that is a listener, an upstream link that isn't trusted. Files of TLS are not read.
void connect_links(const std::vector<ListenerText>& listeners, const std::vector<UpstreamText>& upstreams,
                   net::Options& options);

/// Throws Error when a listener would have the admin port's TCP port. `options` were made of `texts`.
void check_admin_port(const std::vector<ListenerText>& texts, const net::Options& options,
                      const Address& admin);

}  // namespace gateway::config
