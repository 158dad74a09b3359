#pragma once

#include <memory>

namespace gateway::test {

/// A pointer to what outlives it: tests own their options themselves, and change them on the way.
template <class T>
std::shared_ptr<const T> borrowed(const T& object) {
  return {std::shared_ptr<void>(), &object};
}

}  // namespace gateway::test
