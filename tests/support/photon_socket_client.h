#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "support/photon_client.h"

namespace gateway::test {

/// Runs a PhotonClient over a real, connected UDP socket: receives at once, dispatches and sends every
/// `frame` like a game loop. For end-to-end tests and the demo; time is the steady clock.
class PhotonSocketClient {
 public:
  enum class Sent : std::uint8_t { by_client, by_server };
  using Trace = std::function<void(Sent, Bytes)>;

  /// `host` is a numeric IPv4 or IPv6 address. Throws std::system_error when the socket can't be opened.
  PhotonSocketClient(const Generation& generation, PhotonClient::Config config, const std::string& host,
                     std::uint16_t port);
  ~PhotonSocketClient();
  PhotonSocketClient(const PhotonSocketClient&) = delete;
  PhotonSocketClient& operator=(const PhotonSocketClient&) = delete;

  PhotonClient& client() { return client_; }
  TimePoint now() const { return std::chrono::steady_clock::now(); }
  void connect() { client_.connect(now()); }
  /// Called for every datagram in the order of the link.
  void trace(Trace trace) { trace_ = std::move(trace); }

  /// Asked for every datagram before it is sent; true loses it.
  void lose(std::function<bool(Bytes)> lost) { lost_ = std::move(lost); }

  /// One turn: what the socket holds, then a dispatch and what is to be sent. Doesn't wait.
  void turn();
  /// Turns until `done` or the time is over; false when it is over.
  bool run_until(const std::function<bool()>& done, Duration timeout);
  void run_for(Duration duration);

  static constexpr Duration frame = milliseconds(10);

 private:
  void receive_all();
  void send_all();
  void wait(Duration duration) const;

  PhotonClient client_;
  int socket_ = -1;
  Trace trace_;
  std::function<bool(Bytes)> lost_;
};

/// Turns several clients together until `done`; false when the time is over.
bool run_together(const std::vector<PhotonSocketClient*>& clients, const std::function<bool()>& done,
                  Duration timeout);

}  // namespace gateway::test
