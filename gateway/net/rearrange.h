#pragma once

#include "net/options.h"

namespace gateway::net {

/// `wanted` with its listeners and pools in the order of `running`, since the process knows them by number:
/// a reload may find them in another order. Throws std::runtime_error with a sentence when what is fixed for
/// the process's life differs: listeners, where they listen and forward, pools, threads.
Options rearranged(const Options& running, Options wanted);

}  // namespace gateway::net
