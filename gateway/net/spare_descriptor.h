#pragma once

#include <fcntl.h>

#include "net/descriptor.h"

namespace gateway::net {

/// A descriptor that is kept for the moment when the process can have no other: given up, it is just enough
/// to accept a connection. Another thread may be quicker to take its place, so nothing may depend on it.
class SpareDescriptor {
 public:
  SpareDescriptor() { keep(); }

  void give_up() { spare_.close(); }
  /// Takes one again, if there is one to be had.
  void keep() {
    if (!spare_) spare_ = Descriptor(open("/dev/null", O_RDONLY | O_CLOEXEC));
  }

 private:
  Descriptor spare_;
};

}  // namespace gateway::net
