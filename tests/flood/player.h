#pragma once

#include <cstddef>
#include <vector>

#include "base/time.h"
#include "support/photon_socket_client.h"

namespace gateway::test {

/// A legitimate client that asks operations at a steady rate and takes the time of each; with keys, encrypted
/// ones.
class Player {
 public:
  /// Connects and, if it is to have them, exchanges keys; throws std::runtime_error when it doesn't get in.
  Player(std::uint16_t port, bool keys);

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
  bool keys_;
};

}  // namespace gateway::test
