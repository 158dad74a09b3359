#pragma once

#include <string>

namespace gateway {

/// config/README.md, as it follows from gateway/config/keys.cpp.
std::string config_reference();

}  // namespace gateway
