#pragma once

#include <cstddef>
#include <vector>

#include "base/time.h"
#include "support/photon_socket_client.h"

namespace gateway::test {

/// A legitimate client with a key that asks encrypted operations at a steady rate and takes the time of each.
class Player {
 public:
  /// Connects and exchanges keys; throws std::runtime_error when it doesn't get in.
  explicit Player(std::uint16_t port);

  struct Played {
    std::size_t asked = 0;
    std::size_t answered = 0;            // rightly
    bool connected = false;              // to the end
    std::vector<double> milliseconds{};  // of each answer, sorted
    double percentile(double part) const;
  };
  /// Asks until `done`, then waits for what is missing.
  Played play(const std::function<bool()>& done);

 private:
  PhotonSocketClient client_;
};

}  // namespace gateway::test
