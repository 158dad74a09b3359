#pragma once

#include <fcntl.h>
#include <unistd.h>
#include <utility>

#include "net/descriptor.h"

namespace gateway::net {

/// A descriptor that is kept for the moment when the process can have no other: given up, it is just enough
/// to accept a connection. Another thread may be quicker to take its place, so nothing may depend on it.
class SpareDescriptor {
 public:
  SpareDescriptor() { keep(); }

  bool kept() const { return static_cast<bool>(spare_); }
  void give_up() { spare_.close(); }
  /// Closes `descriptor` and keeps its place, unless there is a spare one already. In between no other thread
  /// can take it: `other`, any that is open, is put there in one step.
  void keep_instead_of(int descriptor, int other) {
    Descriptor place(descriptor);
    if (!spare_ && dup3(other, descriptor, O_CLOEXEC) == descriptor) spare_ = std::move(place);
  }
  /// Takes one again, if there is one to be had.
  void keep() {
    if (!spare_) spare_ = Descriptor(open("/dev/null", O_RDONLY | O_CLOEXEC));
  }

 private:
  Descriptor spare_;
};

}  // namespace gateway::net
