#pragma once

#include <cstddef>

namespace gateway::test {

/// What operator new and delete did on this thread, which the program of the simulations replaces by counting
/// ones.
struct Allocations {
  std::size_t count = 0;    // calls of operator new while counting
  std::ptrdiff_t live = 0;  // bytes taken and not given back while counting
};

/// Counts between construction and destruction; may be nested.
class CountAllocations {
 public:
  explicit CountAllocations(Allocations& into);
  ~CountAllocations();
  CountAllocations(const CountAllocations&) = delete;
  CountAllocations& operator=(const CountAllocations&) = delete;

 private:
  Allocations* outer_;
};

}  // namespace gateway::test
