#include "simulation/allocations.h"

#include <cstdlib>
#include <malloc.h>
#include <new>
#include <utility>

namespace {

thread_local gateway::test::Allocations* current = nullptr;

}  // namespace

void* operator new(std::size_t size) {
  void* const memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  if (current != nullptr) {
    ++current->count;
    current->live += static_cast<std::ptrdiff_t>(malloc_usable_size(memory));
  }
  return memory;
}

// Its counterpart is the plain delete too, and sanitizers bring one of their own that isn't.
void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
  try {
    return operator new(size);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

void operator delete(void* memory) noexcept {
  if (current != nullptr && memory != nullptr)
    current->live -= static_cast<std::ptrdiff_t>(malloc_usable_size(memory));
  std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
  operator delete(memory);
}

namespace gateway::test {

CountAllocations::CountAllocations(Allocations& into) : outer_(std::exchange(current, &into)) {}
CountAllocations::~CountAllocations() {
  current = outer_;
}

}  // namespace gateway::test
