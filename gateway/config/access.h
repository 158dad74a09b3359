#pragma once

#include "config/reader.h"
#include "net/options.h"

namespace gateway::config {

/// `access`: lists of addresses and CIDR blocks, or of "file:" and the path of a file with one of them a
/// line. Throws Error: what is no block, a block with bits behind its length, a file that can't be read (its
/// mistakes by file and line), nobody allowed.
net::AccessOptions read_access(const Value& value);
/// That of a configuration which says nothing of it.
net::AccessOptions default_access();

}  // namespace gateway::config
