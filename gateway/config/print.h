#pragma once

#include <string>

#include "config/config.h"

namespace gateway::config {

/// The configuration in effect, defaults included, as a YAML file that load_text() reads back to the same.
std::string print(const Config& config);

}  // namespace gateway::config
