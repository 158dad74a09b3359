#pragma once

#include <string>

namespace gateway::crypto {

/// The version of Botan that this process runs with, e.g. "2.19.3".
std::string library_version();

}  // namespace gateway::crypto
