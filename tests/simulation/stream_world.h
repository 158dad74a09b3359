#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "session/session.h"
#include "simulation/pipe.h"
#include "support/photon_stream_client.h"
#include "support/test_server.h"

namespace gateway::test {

struct StreamWorldOptions {
  std::uint64_t seed = 1;
  PhotonStreamClient::Config client;
  TestServerOptions server;
  session::Options gateway;
  Pipe::Options client_link;
  Pipe::Options server_link{.delay = milliseconds(1)};
  Duration exchange_delay{};       // how long a key exchange waits in the shard's queue
  session::Rewriting rewriting{};  // its table outlives the world
};

/// One client, a session of the gateway and a server on simulated streams, moved in steps of a millisecond.
/// It drives the session as its links do, and checks what they may rely on: a deadline that lies ahead, bytes
/// held within the limits, output only as far as the peer takes it.
class StreamWorld {
 public:
  explicit StreamWorld(const StreamWorldOptions& options);
  ~StreamWorld();

  void step();
  bool run_until(const std::function<bool()>& done, Duration limit);

  const StreamWorldOptions& options() const { return options_; }
  TimePoint now() const { return now_; }
  PhotonStreamClient& client() { return client_; }
  TestServer& server() { return server_; }
  session::Session& session() { return *session_; }
  /// The client leaves: its FIN or close frame.
  void leave(transport::CloseReason reason) { to_gateway_.end(reason); }
  /// One of the ends doesn't read until then.
  void stall_client(Duration duration) { client_stalled_until_ = now_ + duration; }
  void stall_server(Duration duration) { server_stalled_until_ = now_ + duration; }
  /// The server's machine breaks the connection off.
  void reset_server() { from_server_.end({transport::Cause::reset, 0}); }

  const session::Stats& stats() const { return stats_; }
  std::size_t held_max() const { return held_max_; }
  /// Whether `bytes` were ever readable between the client and the gateway.
  bool overheard(Bytes bytes) const;
  std::vector<std::string> violations() const;

 private:
  using Side = session::Side;

  Pipe& out(Side side) { return side == Side::downstream ? to_client_ : to_server_; }
  Pipe& in(Side side) { return side == Side::downstream ? to_gateway_ : from_server_; }
  void serve();
  void serve_wishes();
  bool write(Side side);
  bool read(Side side);
  void run_client();
  void run_server();

  StreamWorldOptions options_;
  TimePoint now_{hours(24)};
  Address address_;
  PhotonStreamClient client_;
  TestServer server_;
  SeededRandom random_;
  BufferPool buffers_;
  session::Stats stats_;
  session::RaisedEvents raised_;
  session::Notices notices_;
  std::vector<std::uint8_t> scratch_;
  transport::ServerClock clock_;
  session::Services services_;
  std::unique_ptr<session::Session> session_;
  Pipe to_gateway_, to_client_, to_server_, from_server_;
  std::vector<std::uint8_t> overheard_;  // both directions of the client's link
  std::vector<std::uint8_t> buffer_;
  std::optional<std::pair<TimePoint, session::ExchangeJob>> exchange_;
  bool server_opened_ = false;
  bool client_told_ = false;
  bool server_told_ = false;
  TimePoint client_stalled_until_{};
  TimePoint server_stalled_until_{};
  std::size_t held_max_ = 0;
  std::vector<std::string> violations_;
};

}  // namespace gateway::test
