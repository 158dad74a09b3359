#pragma once

#include <memory>
#include <string>

#include "benchmark/proxy.h"

namespace gateway::test {

/// The built gateway: on udp and tcp with everything that limits a client taken off, without an admin port.
std::unique_ptr<Proxy> start_gateway(const Way& way);
/// benchmark_relay, see relay.cpp; udp only.
std::unique_ptr<Proxy> start_relay(const Way& way);

// What others would use instead, with their defaults, one worker each and TLS 1.3. Each comes with why it is
// missing on this system; empty when it isn't.

/// nginx's stream module.
std::unique_ptr<Proxy> start_nginx(const Way& way);
std::string missing_nginx();
/// tcp and tls only.
std::unique_ptr<Proxy> start_haproxy(const Way& way);
std::string missing_haproxy();
/// tls only.
std::unique_ptr<Proxy> start_hitch(const Way& way);
std::string missing_hitch();

}  // namespace gateway::test
