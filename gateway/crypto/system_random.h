#pragma once

#include <memory>

#include "base/random.h"

namespace gateway::crypto {

/// The system's CSPRNG.
class SystemRandom final : public Random {
 public:
  SystemRandom();
  ~SystemRandom() override;
  void fill(MutableBytes out) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gateway::crypto
