#pragma once

#include <botan/mem_ops.h>

namespace gateway::crypto {

/// A plain value that is wiped when it goes.
template <class Value>
struct Scrubbed {
  Scrubbed() = default;
  Scrubbed(const Scrubbed&) = delete;
  Scrubbed& operator=(const Scrubbed&) = delete;
  ~Scrubbed() { Botan::secure_scrub_memory(&value, sizeof value); }

  Value value{};
};

}  // namespace gateway::crypto
