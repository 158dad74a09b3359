#pragma once

#include "config/reader.h"
#include "net/options.h"

namespace gateway::config {

/// `drain`: how the process ends at SIGTERM. Throws Error.
net::DrainOptions read_drain(const Value& value);

}  // namespace gateway::config
