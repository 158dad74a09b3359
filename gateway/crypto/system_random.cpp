#include "crypto/system_random.h"

#include <botan/system_rng.h>

namespace gateway::crypto {

struct SystemRandom::State {
  Botan::System_RNG rng;
};

SystemRandom::SystemRandom() : state_(std::make_unique<State>()) {}
SystemRandom::~SystemRandom() = default;

void SystemRandom::fill(MutableBytes out) {
  state_->rng.randomize(out.data(), out.size());
}

}  // namespace gateway::crypto
