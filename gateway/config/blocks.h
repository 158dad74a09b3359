#pragma once

#include "config/reader.h"
#include "net/options.h"

namespace gateway::config {

/// `limits.block`: a map or off. Throws Error.
net::BlockOptions read_block(const Value& value);

}  // namespace gateway::config
