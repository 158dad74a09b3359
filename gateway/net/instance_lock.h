#pragma once

#include "net/descriptor.h"
#include "net/options.h"

namespace gateway::net {

/// Keeps a second photon-gateway off a listen address while this one lives. Without it both could bind the
/// port (SO_REUSEPORT) and each would get half of the clients. It is an abstract Unix socket: it needs no
/// writable file system, ends with the process, and lives in the same network namespace as the port.
class InstanceLock {
 public:
  /// Throws std::runtime_error when another process holds it.
  explicit InstanceLock(const ListenerOptions& listener);

 private:
  Descriptor socket_;
};

}  // namespace gateway::net
