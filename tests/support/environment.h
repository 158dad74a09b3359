#pragma once

#include <cstdint>
#include <cstdlib>

namespace gateway::test {

/// The number in an environment variable, or `otherwise` where it isn't set.
inline std::uint64_t number_in_environment(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace gateway::test
