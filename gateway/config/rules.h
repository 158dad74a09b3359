#pragma once

#include <string>
#include <vector>

#include "config/reader.h"
#include "policy/options.h"

namespace gateway::config {

/// Reads `encryption.rules`. Throws Error, with the position of what is wrong.
policy::Rules read_rules(const Value& value);

/// The rules as they are written in a file, one map each: those for operations first.
std::vector<std::string> write_rules(const policy::Rules& rules);

}  // namespace gateway::config
