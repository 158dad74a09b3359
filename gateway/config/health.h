#pragma once

#include "config/reader.h"
#include "upstream/options.h"

namespace gateway::config {

/// `state` of a server. Throws Error.
upstream::ServerState read_server_state(const Value& value);

/// `health_check` of an upstream: a map or off. Throws Error.
upstream::HealthOptions read_health_check(const Value& value);

}  // namespace gateway::config
