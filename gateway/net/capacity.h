#pragma once

#include <cstddef>

#include "net/options.h"

namespace gateway::net {

/// What the system grants this process.
struct SystemLimits {
  std::size_t descriptors = 0;
  std::size_t ports = 0;  // local ports the kernel hands out
};

/// Raises the limit of open files as far as allowed, `wanted` or more, and tells what there is.
SystemLimits raise_system_limits(std::size_t wanted);

/// Grows the kernel's table of this process's open files to `count` at once, as far as the limit allows. By
/// itself it doubles whenever it is full, for which the thread that opens a file waits until every processor
/// has passed a quiet state (synchronize_rcu): 10 to 15 ms each time, seen as stalls of a shard.
void reserve_descriptors(std::size_t count);

/// Descriptors that `options` can come to need.
std::size_t descriptors_needed(const Options& options);

/// How many sessions the system carries. Each has an upstream socket of its own, so it takes one local port
/// and one descriptor; where a listener isn't of UDP two, since its clients have a socket each too. Where
/// that is fewer than `limits.sessions`: with sessions_auto the number that fits, otherwise
/// std::runtime_error with a sentence that names the setting to change.
std::size_t fitting_sessions(const Options& options, const SystemLimits& system);

}  // namespace gateway::net
