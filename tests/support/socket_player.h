#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "net/options.h"
#include "support/player.h"

namespace gateway::test {

/// A Player over real sockets, on UDP, TCP or WebSocket: it connects to wherever the player is sent. A name
/// of the test's own, which no resolver knows, is the loopback interface, as "localhost" is.
class SocketPlayer {
 public:
  SocketPlayer(net::Scheme scheme, PlayerOptions options, const std::string& first_address);
  ~SocketPlayer();
  SocketPlayer(const SocketPlayer&) = delete;
  SocketPlayer& operator=(const SocketPlayer&) = delete;

  Player& player() { return player_; }
  const Player& player() const { return player_; }
  TimePoint now() const { return std::chrono::steady_clock::now(); }
  /// Of the connection it has at present.
  PhotonPeer& peer();
  bool raise(std::uint8_t code, Bytes data, bool encrypt) {
    return player_.raise(now(), peer(), code, data, encrypt);
  }
  /// The last event that has this code, other than that of a join; null when there was none.
  const ClientEvent* event(std::uint8_t code);
  /// What was wrong on any of its connections.
  std::vector<std::string> violations() const;

  void turn();

 private:
  class Line;
  template <class SocketClient>
  class LineOf;

  std::unique_ptr<Line> connect(const ServerAddress& address) const;

  net::Scheme scheme_;
  Player player_;
  std::unique_ptr<Line> line_;
  std::vector<std::unique_ptr<Line>> left_;  // their ports stay taken: what is late must reach nobody else
};

/// Turns players together until `done`; false when the time is over.
bool play_together(const std::vector<SocketPlayer*>& players, const std::function<bool()>& done,
                   Duration timeout);

}  // namespace gateway::test
