#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "base/random.h"

namespace gateway::crypto {

/// SipHash-2-4 under a key drawn at construction: unpredictable to a peer, the same for the same input.
class KeyedHash {
 public:
  explicit KeyedHash(Random& random);
  ~KeyedHash();

  std::uint64_t operator()(Bytes bytes) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gateway::crypto
