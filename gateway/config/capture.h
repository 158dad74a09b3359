#pragma once

#include <vector>

#include "config/reader.h"
#include "net/options.h"

namespace gateway::config {

/// The section `capture`; a listener it names must be one of `listeners`.
net::CaptureOptions read_capture(const Value& value, const std::vector<net::ListenerOptions>& listeners);

}  // namespace gateway::config
